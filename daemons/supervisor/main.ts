// Starts, watches and ends the services of one state directory. Detached from any terminal: when it dies, what it
// started goes on, and the next supervisor takes it over.
import { stackServices } from "../../src/ops/stack.ts";
import { runDaemon } from "../../src/runtime/daemon.ts";
import { desiredFrom, readDesired, writeDesired } from "../../src/runtime/desired-stack.ts";
import { openStackHost } from "../../src/runtime/stack-host.ts";
import { stackShape } from "../../src/runtime/stack-shape.ts";
import { serveControl } from "./control.ts";
import { RecordKeeper } from "./record-keeper.ts";
import { showServices } from "./service-metrics.ts";
import { StackRunner } from "./stack-runner.ts";

/** Every service in its turn may use its whole grace. */
const DOWN_WITHIN_MS = 60_000;
/** A message that is on its way to somebody gets there. */
const RECORD_WITHIN_MS = 5_000;

await runDaemon(
  "supervisor",
  async (daemon) => {
    const { config, clock, log } = daemon;
    const desired = readDesired(config.paths);
    const shape = stackShape(config);
    const specs = stackServices({
      ...shape,
      workers: desired?.counts.worker ?? shape.workers,
      backtesters: desired?.counts.backtester ?? shape.backtesters,
    });
    const runner = new StackRunner(specs, { host: openStackHost(config), clock, log });
    let remembered = "";
    const remember = () => {
      const wishes = desiredFrom(runner.views(), desired);
      const text = JSON.stringify(wishes);
      if (text !== remembered) writeDesired(config.paths, wishes);
      remembered = text;
    };
    const end = async () => {
      await runner.down();
      runner.release();
      writeDesired(config.paths, undefined);
    };
    const record = await daemon.open("record", new RecordKeeper(daemon), RECORD_WITHIN_MS);
    runner.subscribe((event) => record.observe(event));
    // What ends again and again is not tried anew for ever because its supervisor died in between.
    runner.subscribe(({ kind }) => {
      if ((kind === "instance" || kind === "removed") && runner.phase === "up") remember();
    });
    await daemon.open("stack", { close: end }, DOWN_WITHIN_MS);
    showServices(daemon.metrics, () => runner.views());
    serveControl(daemon, runner, {
      remember,
      reloadFailed: (instance, reason) => record.reloadFailed(instance, reason),
    });
    runner.begin(desired);
    remember();
    daemon.ready();
  },
  { shutdownMs: DOWN_WITHIN_MS + 10_000 },
);
