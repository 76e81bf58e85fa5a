import { styleText } from "node:util";
import type { Calendar } from "../../backtest/data/calendar.ts";
import { type BarReport, describeIssue } from "../../backtest/data/check-bars.ts";
import type { DatasetInfo } from "../../backtest/data/dataset.ts";
import { decimal, moment } from "../../backtest/format.ts";

/** One line for each dataset. */
export function datasetTable(all: readonly DatasetInfo[]): string[] {
  if (all.length === 0) return ["No datasets yet. Try: ttt data import FILE, or ttt data generate NAME"];
  const width = Math.max(12, ...all.map(({ name }) => name.length));
  const head = `${"name".padEnd(width)}  ${"bars".padStart(11)}  every  from        to`;
  return [styleText("dim", head), ...all.map((one) => row(one, width))];
}

function row({ name, rows, calendar, from, to, synthetic }: DatasetInfo, width: number): string {
  const dates = [from, to].map((ms) =>
    Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : "–".padEnd(10),
  );
  const mark = synthetic ? styleText("yellow", "  synthetic") : "";
  return `${name.padEnd(width)}  ${decimal(rows, 0).padStart(11)}  ${calendar.interval.padEnd(5)}  ${dates.join("  ")}${mark}`;
}

/** All that is known of one dataset. */
export function datasetCard(info: DatasetInfo): string[] {
  const { calendar } = info;
  const times = [info.from, info.to].map((ms) => moment(new Date(ms).toISOString()));
  const lines: [string, string][] = [
    ["dataset", info.name],
    ["bars", `${decimal(info.rows, 0)} of ${calendar.interval}, ${times.join(" to ")} UTC`],
    ["calendar", calendarLine(calendar)],
    ["source", `${info.source}${info.synthetic ? " (synthetic: made up, not measured)" : ""}`],
    ["time zone", info.timezone],
    ["hash", info.hash],
  ];
  return lines.map(([label, value]) => `${styleText("dim", label.padEnd(10))} ${value}`);
}

function calendarLine({ market, periodsPerYear }: Calendar): string {
  if (periodsPerYear === null) return "not shown by so few bars; ttt backtest run --calendar says it";
  return `${market ?? "any day"}, ${decimal(periodsPerYear, 0)} bars a year`;
}

/** What the checks found, worst first, with the counts. */
export function checkReport(report: BarReport): string[] {
  const { errors, warnings, rows, counts, issues } = report;
  if (errors + warnings === 0) return [`${decimal(rows, 0)} bars, nothing to remark.`];
  const kinds = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const summary = `${decimal(rows, 0)} bars: ${errors} errors, ${warnings} warnings (${kinds.join(", ")})`;
  return [summary, ...issues.map((issue) => `  ${describeIssue(issue)}`)];
}
