import type { ErrorBody } from "../envelope.ts";

/** Writes an error to stderr: what happened, expected and found, what to try. A defect comes with its stack. */
export function printError(body: ErrorBody, error: unknown): void {
  const lines = [`error: ${body.message}  [${body.code}]`];
  if (body.expected !== undefined) lines.push(`  expected: ${body.expected}`);
  if (body.found !== undefined) lines.push(`  found:    ${body.found}`);
  if (body.hint !== undefined) lines.push(`  try:      ${body.hint}`);
  if (body.code === "BUG" && error instanceof Error && error.stack) lines.push(error.stack);
  process.stderr.write(`${lines.join("\n")}\n`);
}
