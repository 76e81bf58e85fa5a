import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresTradingRecord } from "../adapters/postgres/postgres-trading-record.ts";
import { OperatorError } from "../core/errors.ts";
import { openBacktestService } from "./backtest-service.ts";
import { type Config, loadConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { isSetting, readDesired } from "./desired-stack.ts";
import { openKillSwitch } from "./kill-switch.ts";
import { openStackControl } from "./stack-control.ts";
import { systemClock } from "./system-clock.ts";

/** A stack to show things on, reached the way the commands reach theirs. */
export async function openDemoStack(config: Config) {
  return {
    clock: systemClock,
    home: config.paths.home,
    stack: openStackControl(config),
    openRecord: async () =>
      new PostgresTradingRecord(await openDatabase(config, { applicationName: "ttt demo", maxConnections: 1 })),
    openBacktests: () => openBacktestService(config),
    async withKillSwitch<T>(
      work: (ports: Awaited<ReturnType<typeof openKillSwitch>>["ports"]) => Promise<T>,
    ): Promise<T> {
      const { ports, close } = await openKillSwitch(config, systemClock, "ttt demo");
      try {
        // A demonstration lifts its own kill alone, on paper: no second person is there to be asked.
        return await work({ ...ports, armRules: { twoPersons: false } });
      } finally {
        await close();
      }
    },
  };
}

/**
 * A state directory of its own that nobody else uses, and no setting of the shell: its databases and queues may be
 * those of a stack that trades.
 */
export async function temporaryConfig(settings: Readonly<Record<string, string>>) {
  const home = mkdtempSync(join(tmpdir(), "ttt-demo-"));
  const own = Object.entries(process.env).filter(([name]) => !isSetting(name));
  const config = await loadConfig({ ...Object.fromEntries(own), ...settings, TTT_HOME: home });
  return { config, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** The configured state directory. Refused while a stack is meant to run there: a demonstration kills and arms. */
export async function keptConfig(settings: Readonly<Record<string, string>>) {
  const config = await loadConfig({ ...settings, ...process.env });
  if (readDesired(config.paths) === undefined) return { config, remove: () => {} };
  throw new OperatorError("A stack runs here already, and the demonstration would kill and arm it.", {
    exit: "refused",
    code: "DEMO_ON_RUNNING_STACK",
    found: config.paths.home,
    hint: "ttt demo without --keep uses a folder of its own; or ttt down first",
  });
}
