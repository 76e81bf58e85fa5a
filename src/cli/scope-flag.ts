import { Flags } from "@oclif/core";
import { OperatorError } from "../core/errors.ts";
import { parseScope, type Scope } from "../trading/scope.ts";

/** `--scope`, when everything is meant without it: a filter. */
export const optionalScope = Flags.custom<Scope>({
  char: "s",
  helpValue: "global|venue:V|account:A|strategy:S|instrument:I",
  parse: async (text) => {
    const scope = parseScope(text);
    if (scope !== undefined) return scope;
    throw new OperatorError(`There is no scope ${text}.`, {
      exit: "usage",
      code: "SCOPE_INVALID",
      expected: "global, venue:NAME, account:NAME, strategy:NAME or instrument:NAME",
      found: text,
    });
  },
});

/** `--scope`: what a level, a limit or an action is about. */
export const scopeFlag = {
  scope: optionalScope({
    default: "global",
    description: "what it is about; the strictest level over all scopes of an order holds",
  }),
};
