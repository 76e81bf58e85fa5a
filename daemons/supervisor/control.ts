import { z } from "zod";
import { OperatorError } from "../../src/core/errors.ts";
import type { StackEvent, StackSnapshot } from "../../src/ops/stack-feed.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";
import type { StackRunner } from "./stack-runner.ts";

const watchParams = z.object({ vitals: z.boolean().default(false) }).prefault({});
const wantParams = z.object({ names: z.array(z.string()), wanted: z.enum(["up", "down", "restart"]) });
const scaleParams = z.object({ service: z.string(), count: z.int().min(0).max(64) });

const reloadParams = z.object({ instance: z.string() });

const VITALS_MS = 1_000;

export interface Keeping {
  /** What is wanted has changed. */
  remember(): void;
  /** A process was not replaced, and the one before goes on. */
  reloadFailed(instance: string, reason: string): void;
}

/** The supervisor's own commands, beside those every daemon has: snapshot, watch, want, scale, reload, down. */
export function serveControl(daemon: Daemon, runner: StackRunner, { remember, reloadFailed }: Keeping): void {
  const { config, clock, control, identity } = daemon;
  const startedAt = clock.now();
  const snapshot = (): StackSnapshot => ({
    home: config.paths.home,
    profile: config.profile,
    phase: runner.phase,
    supervisor: { pid: identity.pid, startedAt, buildHash: identity.buildHash },
    instances: runner.views(),
  });

  control.on("snapshot", snapshot);
  control.stream("watch", (params, emit, signal) => {
    const { vitals } = watchParams.parse(params ?? {});
    // Snapshot and subscription in one turn: nothing can change between them.
    const first: StackEvent = { seq: runner.seq, at: clock.now(), kind: "snapshot", snapshot: snapshot() };
    emit(first);
    signal.addEventListener("abort", runner.subscribe(emit), { once: true });
    if (!vitals) return;
    const beat = () => {
      if (signal.aborted) return;
      emit({ seq: runner.seq, at: clock.now(), kind: "vitals", vitals: runner.vitals() });
      cancel = clock.after(VITALS_MS, beat);
    };
    let cancel = clock.after(VITALS_MS, beat);
    signal.addEventListener("abort", () => cancel(), { once: true });
  });
  control.on("want", (params) => {
    const { names, wanted } = wantParams.parse(params);
    refuseWhileStopping(runner);
    const instances = names.flatMap((name) => resolve(runner, name));
    runner.dispatch({ type: "want", instances, wanted });
    remember();
    return { instances };
  });
  control.on("scale", (params) => {
    const { service, count } = scaleParams.parse(params);
    refuseWhileStopping(runner);
    runner.dispatch({ type: "scale", service, count });
    remember();
    return snapshot();
  });
  control.on("reload", async (params) => {
    const { instance } = reloadParams.parse(params);
    refuseWhileStopping(runner);
    const outcome = await runner.reload(instance);
    if (!outcome.ok) reloadFailed(instance, outcome.reason);
    return outcome;
  });
  control.on("down", () => {
    daemon.stop("down");
    return snapshot();
  });
}

/** An instance by its name, or every instance of a service. */
function resolve(runner: StackRunner, name: string): string[] {
  const views = runner.views();
  const found = views.filter((view) => view.instance === name || view.service === name);
  if (found.length > 0) return found.map(({ instance }) => instance);
  throw new OperatorError(`There is no service ${name}.`, {
    exit: "notFound",
    code: "SERVICE_UNKNOWN",
    expected: [...new Set(views.flatMap(({ service, instance }) => [service, instance]))].join(", "),
    found: name,
    hint: "ttt status",
  });
}

function refuseWhileStopping(runner: StackRunner): void {
  if (runner.phase !== "stopping") return;
  throw new OperatorError("The stack is being brought down.", {
    exit: "conflict",
    code: "STACK_STOPPING",
    hint: "ttt up --wait, once it is down",
  });
}
