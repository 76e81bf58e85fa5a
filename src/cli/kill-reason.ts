import { Flags } from "@oclif/core";
import { OperatorError } from "../core/errors.ts";

/** `--reason`, which every change of a level needs. `reasonOf` asks for it, in words that can be typed at once. */
export const reasonFlag = (description: string) => Flags.string({ char: "r", description });

/** The reason as it goes on record: one line. Throws (exit `usage`) when there is none: nobody is ever prompted. */
export function reasonOf(given: string | undefined, example: string): string {
  const reason = given?.replaceAll(/\s+/g, " ").trim() ?? "";
  if (reason !== "") return reason;
  throw new OperatorError("A reason is needed, for the journal.", {
    exit: "usage",
    code: "REASON_MISSING",
    expected: "--reason with a text; `emergency` will do",
    found: given === undefined ? "none" : "an empty one",
    hint: example,
  });
}
