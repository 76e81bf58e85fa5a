import { OperatorError } from "../core/errors.ts";
import type { RunbookParam } from "./runbook.ts";

/** Longer values are no answer to a question that a runbook asks. */
const LONGEST_VALUE = 200;

/**
 * The parameters of a run as the environment of its steps. Throws `usage` when one is unknown, missing or not of its
 * kind: nothing that was not judged here reaches a shell.
 */
export function runVariables(
  runbook: { readonly name: string; readonly params: readonly RunbookParam[] },
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  for (const name of Object.keys(given)) {
    if (!runbook.params.some((param) => param.name === name)) {
      const known = runbook.params.map((param) => param.name).join(", ");
      throw refusal(`The runbook ${runbook.name} takes no parameter ${name}.`, known || "none", name, runbook.name);
    }
  }
  return Object.fromEntries(
    runbook.params.map((param) => {
      const value = given[param.name] ?? param.fallback;
      if (value === undefined) {
        const expected = `--set ${param.name}=… (${param.summary})`;
        throw refusal(`The parameter ${param.name} has to be given.`, expected, "nothing", runbook.name);
      }
      const expected = problemWith(param, value);
      if (expected === undefined) return [param.variable, value];
      throw refusal(`The parameter ${param.name} is not valid.`, expected, JSON.stringify(value), runbook.name);
    }),
  );
}

/** What was expected instead, or undefined when the value will do. */
export function problemWith(param: RunbookParam, value: string): string | undefined {
  if (value.length > LONGEST_VALUE) return `at most ${LONGEST_VALUE} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(value)) return "one line without control characters";
  switch (param.type) {
    case "integer": {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      return number >= param.min && number <= param.max
        ? undefined
        : `a whole number from ${param.min} to ${param.max}`;
    }
    case "choice":
      return param.choices.includes(value) ? undefined : `one of ${param.choices.join(", ")}`;
    case "text":
      // A command would take a value with a dash in front for one of its flags.
      if (value.startsWith("-")) return "a text that does not begin with a dash";
      return new RegExp(`^(?:${param.pattern})$`, "u").test(value) ? undefined : `a text that matches ${param.pattern}`;
  }
}

function refusal(message: string, expected: string, found: string, runbook: string): OperatorError {
  return new OperatorError(message, {
    exit: "usage",
    code: "RUNBOOK_PARAM",
    expected,
    found,
    hint: `ttt runbook show ${runbook}`,
  });
}
