import { Flags } from "@oclif/core";
import { OperatorError } from "../core/errors.ts";
import { parseDuration } from "../core/parse-duration.ts";

/** A flag that takes `90s`, `12h`, `30d`; its value is in milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: "90s|15m|12h|30d",
  parse: async (text) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    throw new OperatorError(`${text} is no duration.`, {
      exit: "usage",
      code: "DURATION_INVALID",
      expected: "a number and one of ms, s, m, h, d, w: 90s",
      found: text,
    });
  },
});
