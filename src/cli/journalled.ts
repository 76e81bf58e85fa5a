/**
 * Topics whose commands put their own, richer rows into the journal, or work on a researcher's own files: a row for
 * the command itself would only be noise.
 */
const OWN_ROWS: ReadonlySet<string> = new Set([
  ...["arm", "flag", "incident", "kill", "risk", "token"],
  ...["backtest", "bench", "data", "demo", "strategy"],
]);

/** Whether a command that changes something is put on record by its name, with its arguments and how it ended. */
export function isJournalled(id: string, effect: "read" | "mutate" | "dangerous", argv: readonly string[]): boolean {
  const [topic = ""] = id.split(":");
  return effect !== "read" && !OWN_ROWS.has(topic) && !argv.some((one) => one === "--dry-run" || one === "--help");
}
