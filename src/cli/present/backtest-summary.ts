import { styleText } from "node:util";
import { denialsByCode } from "../../backtest/denials.ts";
import { decimal, duration, moment, percent } from "../../backtest/format.ts";
import type { RunReport } from "../../backtest/run-report.ts";
import { annualisationLine } from "../../backtest/statistics/annualisation.ts";
import { underwater } from "../../backtest/statistics/drawdown.ts";
import { hangingLine, sparkline } from "./sparkline.ts";

/** The summary is made for a terminal of this width. */
const WIDTH = 80;
const LABEL = 10;
const CHART = WIDTH - LABEL - 2;

/** A run as a page of 80 columns: what it was, its equity and drawdown drawn, and its statistics in three columns. */
export function backtestSummary(report: RunReport, equity: Float64Array): string[] {
  return [...heading(report), "", ...charts(report, equity), "", ...table(report), "", ...footnotes(report)];
}

function heading({ strategy, params, data, stats, options }: RunReport): string[] {
  const symbols = data.map(({ symbol }) => symbol).join(", ");
  const period = `${moment(stats.start)} to ${moment(stats.end)}`;
  const chosen = [...Object.entries(params), ...costsOf(options)].map(([name, value]) => `${name} ${value}`);
  const bars = `${decimal(stats.bars, 0)} bars of ${data[0]!.interval}`;
  const [firstLine = "", ...more] = wrap(chosen, WIDTH - bars.length - 4);
  return [
    ` ${bold(`${strategy} on ${symbols}`.slice(0, WIDTH - period.length - 4))}${right(period, `${strategy} on ${symbols}`)}`,
    ` ${dim(firstLine)}${right(bars, firstLine)}`,
    ...more.map((line) => ` ${dim(line)}`),
  ];
}

function costsOf({ commission, spread, slippage, leverage, risk }: RunReport["options"]): [string, string][] {
  const named: [string, string | undefined][] = [
    [
      "commission",
      typeof commission === "number" ? percent(commission, { decimals: 2 }) : commission && "as specified",
    ],
    ["spread", spread === undefined ? undefined : percent(spread, { decimals: 2 })],
    ["slippage", typeof slippage === "number" ? percent(slippage, { decimals: 2 }) : slippage && "as specified"],
    ["leverage", leverage === undefined ? undefined : String(leverage)],
    ["risk limits", risk === undefined ? undefined : String(Object.keys(risk.limits).length)],
  ];
  return named.filter((one): one is [string, string] => one[1] !== undefined);
}

function charts({ stats }: RunReport, equity: Float64Array): string[] {
  const drawdown = underwater(equity, stats.initialEquity);
  const ends = `${decimal(stats.initialEquity)} → ${bold(decimal(stats.finalEquity))}`;
  const worst = stats.maxDrawdown === null || stats.maxDrawdown === 0 ? "none" : percent(stats.maxDrawdown);
  return [
    ` ${"equity".padEnd(LABEL)}${green(sparkline(equity, CHART))}`,
    ` ${"".padEnd(LABEL)}${ends}`,
    ` ${"drawdown".padEnd(LABEL)}${red(hangingLine(drawdown, CHART))}`,
    ` ${"".padEnd(LABEL)}worst ${worst}, longest ${duration(stats.maxDrawdownDurationMs)}`,
  ];
}

type Cell = readonly [label: string, value: string, tone?: number | null];

function table({ stats }: RunReport): string[] {
  const columns: readonly (readonly Cell[])[] = [
    [
      ["Return", percent(stats.totalReturn, { sign: true }), stats.totalReturn],
      ["Buy and hold", percent(stats.buyAndHoldReturn, { sign: true })],
      ["A year", percent(stats.annualReturn, { sign: true }), stats.annualReturn],
      ["Volatility", percent(stats.volatility)],
      ["Exposure", percent(stats.exposure)],
      ["Commission", decimal(stats.commission)],
      ["Turnover", stats.turnover === null ? "–" : `${decimal(stats.turnover, 1)}×`],
      ["Alpha", percent(stats.alpha, { sign: true })],
    ],
    [
      ["Sharpe", decimal(stats.sharpe)],
      ["Sortino", decimal(stats.sortino)],
      ["Calmar", decimal(stats.calmar)],
      ["Omega", decimal(stats.omega)],
      ["P(Sharpe>0)", percent(stats.probabilisticSharpe)],
      ["VaR 95 %", percent(stats.valueAtRisk, { decimals: 2 })],
      ["Shortfall", percent(stats.expectedShortfall, { decimals: 2 })],
      ["Beta", decimal(stats.beta)],
    ],
    [
      ["Trades", `${stats.trades}${stats.openTrades > 0 ? ` +${stats.openTrades} open` : ""}`],
      ["Win rate", percent(stats.winRate)],
      ["Profit factor", decimal(stats.profitFactor)],
      ["Average", percent(stats.averageTrade, { sign: true, decimals: 2 }), stats.averageTrade],
      ["Best", percent(stats.bestTrade, { sign: true })],
      ["Worst", percent(stats.worstTrade)],
      ["Held", duration(stats.averageTradeDurationMs)],
      ["SQN", decimal(stats.sqn)],
    ],
  ];
  const widths = [26, 22, 25];
  const rows = columns[0]!.map((_, row) => columns.map((column, i) => cell(column[row]!, widths[i]!)).join("   "));
  return rows.map((row) => ` ${row}`.trimEnd());
}

function cell([label, value, tone]: Cell, width: number): string {
  const text = value.padStart(Math.max(width - label.length, value.length + 1));
  const coloured = tone === undefined || tone === null ? text : tone < 0 ? red(text) : green(text);
  return `${dim(label)}${coloured}`;
}

const REASONS: Readonly<Record<string, string>> = {
  FEWER_THAN_30_PERIODS: "fewer than 30 bars",
  FEWER_THAN_10_TRADES: "fewer than 10 trades",
  NO_TRADES: "no trades",
  NO_LOSSES: "no losses",
  NO_VARIATION: "equity never changed",
  CALENDAR_UNKNOWN: "calendar unknown",
};

function footnotes(report: RunReport): string[] {
  const { stats, options, denials, synthetic, bankruptBar, liquidations } = report;
  const reasons = [...new Set(Object.values(stats.unavailable))].flatMap((reason) => REASONS[reason] ?? []);
  const refused = denialsByCode(denials).map(({ code, count }) => `${count} ${code}`);
  const lines = [
    annualisationLine(stats),
    stats.benchmark === undefined
      ? ""
      : `Alpha and beta against ${stats.benchmark}, which returned ${percent(stats.benchmarkReturn, { sign: true })}.`,
    reasons.length > 0 ? `– cannot be told: ${reasons.join(", ")}.` : "",
    ...listed("Orders refused", refused),
    options.checked ? "No look-ahead: indicators and trades are the same when later bars are cut off." : "",
    liquidations > 0 ? `Liquidated ${liquidations} times.` : "",
    bankruptBar === undefined ? "" : `Equity was used up at bar ${bankruptBar}.`,
    synthetic ? "The bars are synthetic: made up, not measured." : "",
    `Run ${report.id}`,
  ];
  return lines.filter((line) => line !== "").map((line) => dim(` ${line}`));
}

/** `Orders refused: 3 A, 2 B.` in as many lines as it takes. */
function listed(label: string, items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [i, item] of items.entries()) {
    const text = `${item}${i + 1 < items.length ? "," : "."}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= WIDTH - 2) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(i === 0 ? `${label}: ${text}` : `  ${text}`);
  }
  return lines;
}

/** Joins texts with points into lines of at most `width`; later lines may use the whole page. */
function wrap(texts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const room = lines.length > 1 ? WIDTH - 2 : width;
    if (last !== undefined && last.length + 3 + text.length <= room) lines[lines.length - 1] = `${last} · ${text}`;
    else lines.push(text);
  }
  return lines;
}

/** `text` set against the right edge after a line that already holds `left`. */
function right(text: string, left: string): string {
  return text.padStart(Math.max(text.length + 2, WIDTH - 2 - left.length));
}

const bold = (text: string): string => styleText("bold", text);
const dim = (text: string): string => styleText("dim", text);
const green = (text: string): string => styleText("green", text);
const red = (text: string): string => styleText("red", text);
