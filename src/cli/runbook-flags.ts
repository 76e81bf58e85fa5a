import { Flags } from "@oclif/core";
import { OperatorError } from "../core/errors.ts";

/** Of every command that carries steps out. */
export const carryOutFlags = {
  yes: Flags.boolean({ char: "y", description: "run every step without asking; a person's steps count as assumed" }),
  input: Flags.boolean({ default: true, allowNo: true, description: "may ask at the terminal" }),
};

/** `--set NAME=VALUE`, several times. */
export function assignments(given: readonly string[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (given ?? []).map((text) => {
      const at = text.indexOf("=");
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)] as const;
      throw new OperatorError(`${text} is no assignment.`, {
        exit: "usage",
        code: "ASSIGNMENT_INVALID",
        expected: "--set NAME=VALUE",
        found: text,
      });
    }),
  );
}
