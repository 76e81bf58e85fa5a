import { OperatorError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";

export interface ExitCodeRow {
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
  /** What to do about it, where the meaning does not say so. */
  readonly next?: string;
}

/** The row of one exit code, or every row when `text` is undefined. */
export function explainExit(text?: string): ExitCodeRow[] {
  const rows = Object.entries(EXIT_CODES).map(([name, row]) => ({ name, ...row }));
  if (text === undefined) return rows;
  const found = rows.filter((row) => String(row.code) === text);
  if (found.length > 0) return found;
  throw new OperatorError(`There is no exit code ${text}.`, {
    exit: "notFound",
    code: "EXIT_CODE_UNKNOWN",
    expected: rows.map((row) => row.code).join(", "),
    found: text,
    hint: "ttt explain exit",
  });
}
