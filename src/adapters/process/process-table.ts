import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What tells one process from every other that ever had or will have its id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the boot of the machine and the start of the process, as /proc tells it. */
  readonly startTime: string;
}

/** The start time of a live process, or undefined when there is none or it is a zombie. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; fields count from after the last one. State is the first of them.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return startTimeOf(pid) === startTime;
}

/** Live processes that satisfy one of the marks: an environment entry, or the folder they work in. */
export function findProcesses(marks: { environment?: string; workingFolder?: string }): ProcessIdentity[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && hasMark(pid, marks))
    .flatMap((pid) => {
      const startTime = startTimeOf(pid);
      return startTime === undefined ? [] : [{ pid, startTime }];
    });
}

function hasMark(pid: number, marks: { environment?: string; workingFolder?: string }): boolean {
  try {
    if (marks.workingFolder !== undefined && readlinkSync(`/proc/${pid}/cwd`) === marks.workingFolder) return true;
    if (marks.environment === undefined) return false;
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(marks.environment);
  } catch {
    return false;
  }
}
