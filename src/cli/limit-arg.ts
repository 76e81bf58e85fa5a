import { Args } from "@oclif/core";
import { OperatorError } from "../core/errors.ts";
import { expectedLimitValue, isLimitName, parseLimitValue } from "../trading/risk/limit-value.ts";
import { LIMITS, type LimitName } from "../trading/risk/limits.ts";

/** `NAME=VALUE`: a limit and what it is to be. */
export const limitArg = Args.custom<{ readonly name: LimitName; readonly value: number | null }>({
  description: "the limit and its value: maxOrderNotional=5000; none lifts it. ttt risk limits list names them all",
  parse: async (text) => {
    const [name = "", value = ""] = text.split("=", 2);
    if (!isLimitName(name)) {
      throw new OperatorError(`There is no limit ${name}.`, {
        exit: "usage",
        code: "LIMIT_UNKNOWN",
        expected: Object.keys(LIMITS).join(", "),
        found: name,
        hint: "ttt risk limits list",
      });
    }
    const parsed = parseLimitValue(name, value);
    if (parsed !== undefined) return { name, value: parsed };
    throw new OperatorError(`${name} cannot be ${value === "" ? "empty" : value}.`, {
      exit: "usage",
      code: "LIMIT_VALUE_INVALID",
      expected: expectedLimitValue(name),
      found: value,
    });
  },
});
