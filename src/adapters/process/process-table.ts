import { readdirSync, readFileSync } from "node:fs";

/** One row of the process table, from /proc. */
export interface ProcessRow {
  readonly pid: number;
  /** `R`, `S`, `T` (stopped) … never a zombie: those are gone but for their entry. */
  readonly state: string;
  readonly group: number;
  /** Clock ticks from the boot of the machine to the start: with the pid it names one process for ever. */
  readonly startTime: string;
}

/** The row of a live process, or undefined. */
export function processRow(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; the fields are counted from behind the last one.
    const [state, , group, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === undefined || state === "Z" || state === "X") return undefined;
    return { pid, state, group: Number(group), startTime: rest[16] ?? "" };
  } catch {
    return undefined;
  }
}

export function startTimeOf(pid: number): string | undefined {
  return processRow(pid)?.startTime;
}

export function isAlive({ pid, startTime }: { pid: number; startTime: string }): boolean {
  return processRow(pid)?.startTime === startTime;
}

/** Every live process but this one. */
export function processIds(): number[] {
  return readdirSync("/proc").flatMap((name) =>
    /^\d+$/.test(name) && Number(name) !== process.pid ? [Number(name)] : [],
  );
}

/** The environment it was started with; undefined where we may not look, or it is gone. */
export function environmentOf(pid: number): ReadonlyMap<string, string> | undefined {
  const text = readProc(pid, "environ");
  if (text === undefined) return undefined;
  return new Map(
    text.split("\0").flatMap((entry) => {
      const at = entry.indexOf("=");
      return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)] as const] : [];
    }),
  );
}

/** Command line, or the title it gave itself. Everybody may read it. */
export function commandLineOf(pid: number): readonly string[] {
  return readProc(pid, "cmdline")?.split("\0") ?? [];
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
