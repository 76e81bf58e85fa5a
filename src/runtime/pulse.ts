import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ControlServer } from "../adapters/process/control-server.ts";
import type { Clock } from "../core/clock.ts";
import type { Duties, Progress, WorkStanding } from "../ops/duties.ts";
import type { Closable } from "../ports/closable.ts";
import type { DaemonIdentity } from "./daemon.ts";
import type { Vitals } from "./metrics.ts";

/** Pushed to everybody who watches the control socket, every 250 ms. */
export interface Beat extends WorkStanding {
  readonly at: number;
  readonly ready: boolean;
  readonly stopping: boolean;
  /** The longest time the event loop did not turn since the last beat. */
  readonly lagMs: number;
  /** How often, and how long ago, each kind of progress was reported. */
  readonly progress: Readonly<Record<string, Progress>>;
  readonly rssBytes: number;
}

export interface Pulse extends Closable {
  /** False when it was ready before. */
  ready(): boolean;
  readonly vitals: Pick<Vitals, "isReady" | "takeLagMs" | "progress">;
}

export interface PulseParts {
  readonly clock: Clock;
  readonly control: ControlServer;
  readonly identity: DaemonIdentity;
  readonly duties: Duties;
  readonly stopping: AbortSignal;
}

const BEAT_MS = 250;

/** Beats from the event loop itself, so that a loop that does not turn is a beat that does not come. */
export function startPulse({ clock, control, identity, duties, stopping }: PulseParts): Pulse {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const watchers = new Set<(beat: Beat) => void>();
  let isReady = false;
  let worstLagMs = 0;

  const beat = (): Beat => ({
    at: clock.now(),
    ready: isReady,
    stopping: stopping.aborted,
    lagMs: Math.round(delay.max / 1e6),
    // Before it is ready, and once it leaves, its work stands still for good reasons.
    ...(isReady && !stopping.aborted ? duties.standing() : { overdue: "", stuck: false, trouble: "" }),
    progress: Object.fromEntries(
      [...duties.seen()].map(([what, { count, ageMs }]) => [what, { count, ageMs: Math.round(ageMs) }]),
    ),
    rssBytes: process.memoryUsage.rss(),
  });
  const push = () => {
    if (watchers.size === 0) return;
    const now = beat();
    worstLagMs = Math.max(worstLagMs, now.lagMs);
    delay.reset();
    for (const emit of watchers) emit(now);
  };
  const timer = setInterval(push, BEAT_MS);

  control.on("identity", () => identity);
  control.on("status", () => ({ identity, ...beat() }));
  control.stream("beats", (_params, emit, signal) => {
    emit({ identity, ...beat() });
    watchers.add(emit);
    signal.addEventListener("abort", () => watchers.delete(emit), { once: true });
  });
  return {
    ready() {
      if (isReady) return false;
      isReady = true;
      push();
      return true;
    },
    vitals: {
      isReady: () => isReady,
      takeLagMs() {
        const worst = Math.max(worstLagMs, delay.max / 1e6);
        worstLagMs = 0;
        // Beats that are watched do it; without them the worst would stay for good.
        if (watchers.size === 0) delay.reset();
        return worst;
      },
      progress: () => duties.seen(),
    },
    close() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
