import * as z from "zod/mini";
import type { RunbookParam } from "./runbook.ts";
import { problemWith } from "./runbook-params.ts";

/** Settings above the text of a runbook. */
export interface RunbookSettings {
  readonly summary: string;
  readonly target: string;
  readonly symptom: string | null;
  readonly params: readonly RunbookParam[];
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Variables by which a shell, a loader or Node would be steered. */
const RESERVED =
  /^(PATH|HOME|IFS|ENV|SHELL|USER|PWD|OLDPWD|PS[1-4]|CDPATH|OPTIND|(BASH|LD|NODE|TTT|RUNBOOK|PG|REDIS|AMQP|DATABASE).*)$/;
/** What a text may hold when the runbook does not say. */
const PLAIN_TEXT = "[\\p{L}\\p{N} _.,:;@/+%*?!()'=-]+";

const fallback = z.optional(z.union([z.string(), z.number()]));
const paramSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("integer"), min: z.int(), max: z.int(), default: fallback, summary: z.string() }),
  z.strictObject({
    type: z.literal("choice"),
    choices: z.array(z.string()).check(z.minLength(1)),
    default: fallback,
    summary: z.string(),
  }),
  z.strictObject({ type: z.literal("text"), pattern: z.optional(z.string()), default: fallback, summary: z.string() }),
]);
const settingsSchema = z.strictObject({
  summary: z.string().check(z.minLength(10)),
  target: z.string().check(z.regex(NAME)),
  symptom: z.optional(z.string().check(z.regex(NAME))),
  params: z.optional(z.record(z.string().check(z.regex(NAME)), paramSchema)),
});

/** The settings, or what is wrong with them in words. */
export function runbookSettings(found: unknown): RunbookSettings | { readonly problem: string } {
  const result = settingsSchema.safeParse(found, { jitless: true });
  if (!result.success) {
    const [issue] = result.error.issues;
    return { problem: `${issue?.path.join(".") || "the settings above the text"}: ${issue?.message}` };
  }
  const { summary, target, symptom, params = {} } = result.data;
  const named = Object.entries(params).map(([name, param]): RunbookParam => {
    const { default: preset, ...rest } = param;
    const variable = name.replaceAll("-", "_").toUpperCase();
    const common = { name, variable, fallback: preset === undefined ? undefined : String(preset) };
    return rest.type === "text" ? { ...common, ...rest, pattern: rest.pattern ?? PLAIN_TEXT } : { ...common, ...rest };
  });
  for (const param of named) {
    if (RESERVED.test(param.variable))
      return { problem: `params.${param.name}: $${param.variable} has a meaning already` };
    const expected = param.fallback === undefined ? undefined : problemWith(param, param.fallback);
    if (expected !== undefined) return { problem: `params.${param.name}: the default is not ${expected}` };
  }
  return { summary, target, symptom: symptom ?? null, params: named };
}
