import { Flags } from "@oclif/core";
import type { CsvOptions } from "../../backtest/data/csv-layout.ts";
import { isZone } from "../../backtest/data/time-zone.ts";
import { OperatorError } from "../../core/errors.ts";

/** How to read a file whose times leave room for doubt. */
export const readFlags = {
  timezone: Flags.string({ helpValue: "ZONE", description: "zone of times without one, such as America/New_York" }),
  "date-order": Flags.option({ options: ["dmy", "mdy"] as const })({ description: "how to read 03/04/2020" }),
};

export function readOptions(flags: {
  timezone?: string | undefined;
  "date-order"?: "dmy" | "mdy" | undefined;
}): CsvOptions {
  const { timezone, "date-order": dateOrder } = flags;
  if (timezone !== undefined && !isZone(timezone)) {
    throw new OperatorError(`${timezone} is no time zone.`, {
      exit: "usage",
      code: "ZONE_UNKNOWN",
      expected: "an IANA name: UTC, Europe/London, America/New_York",
      found: timezone,
    });
  }
  return { ...(timezone !== undefined && { timezone }), ...(dateOrder !== undefined && { dateOrder }) };
}
