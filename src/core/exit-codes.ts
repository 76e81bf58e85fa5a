/** Every exit code of ttt, its short name and what it means. `ttt explain exit N` reads this table. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: "Done, and verified where there was something to verify." },
  bug: { code: 1, meaning: "A defect in ttt. Please report it with the message and the stack." },
  usage: { code: 2, meaning: "The command line is wrong: unknown command, flag or value." },
  killUnacknowledged: {
    code: 3,
    meaning: "The kill is asserted, but not every worker acknowledged it.",
    next: "Look at the worker that the report names: ttt kill status, then kill -USR2 with its number, then kill -9. A dead worker cannot send.",
  },
  killResidualOrders: {
    code: 4,
    meaning: "The kill is asserted, but orders remain open at the venue.",
    next: "Withdraw them on the venue's own screen by the order ids of the report, or give the same kill again for fresh evidence.",
  },
  killResidualPosition: {
    code: 5,
    meaning: "The kill is asserted, but a position remains.",
    next: "Close it on the venue's own screen by the quantities of the report, or give the same kill again for fresh evidence.",
  },
  killNotStored: {
    code: 6,
    meaning: "No store accepted the kill.",
    next: "Nothing was stopped. End each worker: kill -USR2 with its number, then kill -9; then look why no store could be written.",
  },
  configuration: { code: 10, meaning: "The configuration or the installation is wrong. Restarting will not help." },
  badData: { code: 11, meaning: "Input data is malformed. The message names the row." },
  notFound: { code: 12, meaning: "The thing that was named does not exist." },
  notRunning: { code: 13, meaning: "The stack is not running." },
  outage: { code: 14, meaning: "Something ttt depends on does not answer. A retry may help." },
  timeout: { code: 15, meaning: "It did not happen in the time given. What was reached is in the message." },
  unauthorized: { code: 16, meaning: "No token, a wrong one, or one whose role does not allow this." },
  conflict: { code: 17, meaning: "Something else is in the way: a port, a lock, another run." },
  refused: { code: 18, meaning: "Refused by a safety rule. The message says which and what would satisfy it." },
  jobFailed: { code: 19, meaning: "The job ran and failed: the strategy threw, or its result is not a number." },
  unhealthy: { code: 20, meaning: "It runs, but it is not healthy." },
  stepFailed: {
    code: 21,
    meaning: "A step of the runbook failed. The message says what to do; the run can be resumed.",
  },
  interrupted: { code: 130, meaning: "Stopped by Ctrl-C. What was finished is kept." },
} as const satisfies Record<string, { code: number; meaning: string; next?: string }>;

export type ExitName = keyof typeof EXIT_CODES;

/** The row's name for a code that means something was wrong; undefined for success, defects and unknown codes. */
export function exitNameOf(code: number | null | undefined): ExitName | undefined {
  if (code === null || code === undefined || code <= EXIT_CODES.bug.code) return undefined;
  return Object.entries(EXIT_CODES).find(([, row]) => row.code === code)?.[0] as ExitName | undefined;
}

export const isExitName = (text: string): text is ExitName => Object.hasOwn(EXIT_CODES, text);
