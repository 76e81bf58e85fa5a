import { describeCalendar } from "../data/calendar.ts";
import type { Convention } from "./convention.ts";
import { backtestingPyPeriods } from "./conventions/backtesting-py.ts";
import type { Annualisation, Statistics, StatisticsInput } from "./statistics.ts";

/** How means and deviations per bar became yearly ones. */
export function annualisationOf({ calendar, result }: StatisticsInput, convention: Convention): Annualisation {
  const { periodsPerYear, market } = calendar;
  return { periodsPerYear, market, basis: basisOf() };

  function basisOf(): string {
    switch (convention) {
      case "ttt":
        return describeCalendar(calendar);
      case "backtesting.py":
        return `${backtestingPyPeriods(result.time)} periods a year, as backtesting.py`;
      case "lean":
        return "days of 252 a year, as LEAN";
      case "freqtrade":
        return "days of 365 a year, as freqtrade";
      case "jesse":
        return "days of 365 a year, as Jesse";
    }
  }
}

/** The sentence that stands under statistics: what they were annualised by, or why they were not. */
export function annualisationLine({
  annualisation,
  convention,
}: Pick<Statistics, "annualisation" | "convention">): string {
  const { periodsPerYear, basis } = annualisation;
  return convention === "ttt" && periodsPerYear === null ? `Not annualised: ${basis}.` : `Annualised by ${basis}.`;
}
