import { rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { readIfExists, writePrivate } from "../adapters/files/state-files.ts";
import type { InstanceView } from "../ops/instance.ts";
import { instanceOfKey } from "../ops/instance-table.ts";
import type { StatePaths } from "./paths.ts";

/**
 * What the operator wants to run, and with which environment. It stands while the stack is meant to be up, so that
 * a new supervisor after a crash restores exactly that, whatever shell it is started from.
 */
const desiredSchema = z.object({
  /** Instances that were stopped by hand. */
  stopped: z.array(z.string()),
  /** Instances that are started no more, and why: they did not stay up, and a new supervisor changes nothing of it. */
  quarantined: z._default(z.record(z.string(), z.string()), {}),
  /** How often each instance ended against our will: in a row, and in all by cause. */
  ends: z._default(
    z.record(z.string(), z.object({ inARow: z.number(), restarts: z.record(z.string(), z.number()) })),
    {},
  ),
  /** How many instances of each scalable service. */
  counts: z.record(z.string(), z.number()),
  /** The settings that came from the environment of `ttt up`. */
  environment: z.record(z.string(), z.string()),
  /** Where `ttt up` was called: relative paths among the settings start there. */
  folder: z.string(),
});

export type DesiredStack = z.output<typeof desiredSchema>;

export function readDesired(paths: StatePaths): DesiredStack | undefined {
  const text = readIfExists(fileOf(paths));
  if (text === undefined) return undefined;
  const result = desiredSchema.safeParse(parsed(text));
  return result.success ? result.data : undefined;
}

/** A file that a full disk or a crash left half written says nothing: no command may fail because of it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Remembers the wishes; `undefined` when the stack is meant to be down. */
export function writeDesired(paths: StatePaths, desired: DesiredStack | undefined): void {
  if (desired === undefined) rmSync(fileOf(paths), { force: true });
  else writePrivate(fileOf(paths), JSON.stringify(desired));
}

/** The wishes as they stand in the supervisor: counts and stops from its table, the rest from how it was started. */
export function desiredFrom(views: readonly InstanceView[], earlier: DesiredStack | undefined): DesiredStack {
  const staying = stayingOf(views);
  const counts: Record<string, number> = {};
  for (const { service, instance } of staying) {
    if (/-\d+$/.test(instance)) counts[service] = (counts[service] ?? 0) + 1;
  }
  return {
    stopped: staying.filter(({ wanted }) => wanted === "down").map(({ instance }) => instance),
    quarantined: Object.fromEntries(
      staying.flatMap(({ instance, state, reason }) => (state === "quarantined" ? [[instance, reason]] : [])),
    ),
    ends: Object.fromEntries(
      staying.flatMap(({ instance, endsInARow, restarts }) =>
        Object.values(restarts).some((count) => count > 0)
          ? [[instance, { inARow: endsInARow, restarts: { ...restarts } }]]
          : [],
      ),
    ),
    counts,
    environment: earlier?.environment ?? settingsOf(process.env),
    folder: earlier?.folder ?? process.cwd(),
  };
}

/** One view for each instance that is to stay: of two processes while one takes the place of the other, one counts. */
function stayingOf(views: readonly InstanceView[]): InstanceView[] {
  const staying = new Map<string, InstanceView>();
  for (const view of views) {
    const instance = instanceOfKey(view.instance);
    if (!view.leaving && !staying.has(instance)) staying.set(instance, { ...view, instance });
  }
  return [...staying.values()];
}

const SERVICE_ADDRESSES = ["DATABASE_URL", "REDIS_URL", "AMQP_URL"];
/** What each process is given by its own starter is no setting. */
const OWN_MARKS = ["TTT_HOME", "TTT_INSTANCE", "TTT_SERVICE", "TTT_NONCE", "TTT_LISTEN_FD"];

/** Whether an environment variable configures the stack. */
export function isSetting(name: string): boolean {
  return (name.startsWith("TTT_") && !OWN_MARKS.includes(name)) || SERVICE_ADDRESSES.includes(name);
}

/** The settings in an environment. */
export function settingsOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (isSetting(name) && value !== undefined ? [[name, value]] : [])),
  );
}

function fileOf(paths: StatePaths): string {
  return join(paths.home, "desired.json");
}
