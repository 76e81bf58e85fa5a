import { OperatorError } from "../core/errors.ts";
import { type CodeRow, codeTable } from "../trading/risk/registry.ts";

/** What a code means with which an order is denied, written in any case. Throws (exit `notFound`) for any other. */
export function explainCode(text: string): CodeRow[] {
  const code = text.toUpperCase();
  const found = codeTable().filter((row) => row.code === code);
  if (found.length > 0) return found;
  throw new OperatorError(`There is no risk code ${text}.`, {
    exit: "notFound",
    code: "CODE_UNKNOWN",
    expected: "exit, or a code of ttt risk codes; an error says itself what was found and what to try",
    found: text,
    hint: "ttt risk codes, ttt explain exit",
  });
}
