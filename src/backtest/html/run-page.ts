import type { BarColumns } from "../../trading/bar.ts";
import { decimal, duration, moment, percent, short } from "../format.ts";
import type { RunReport } from "../run-report.ts";
import { inWords } from "../run-settings.ts";
import { annualisationLine } from "../statistics/annualisation.ts";
import { underwater } from "../statistics/drawdown.ts";
import { returnsOf } from "../statistics/moments.ts";
import { denialTable } from "./denial-table.ts";
import { escapeHtml } from "./escape.ts";
import { histogram } from "./histogram.ts";
import { monthlyTable } from "./monthly.ts";
import { card, chips, facts, page } from "./page.ts";
import { rollingStatistics } from "./rolling-statistics.ts";
import { type Mark, timeChart } from "./time-chart.ts";
import { tradeTable } from "./trade-table.ts";

export interface RunPage {
  readonly report: RunReport;
  readonly time: Float64Array;
  readonly equity: Float64Array;
  /** Bars of the first instrument; without them the price is not drawn. */
  readonly columns: BarColumns | undefined;
}

/** Trades drawn on the price; more would cover it. */
const MAX_MARKS = 400;

/** The report of one backtest as a page. */
export function runPage({ report, time, equity, columns }: RunPage): string {
  const { stats } = report;
  const symbols = report.data.map(({ symbol }) => symbol).join(", ");
  const title = `${report.strategy} on ${symbols}`;
  return page(
    title,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      `<p class="sub">${moment(stats.start)} to ${moment(stats.end)}, ${decimal(stats.bars, 0)} bars of ${report.data[0]!.interval}</p>`,
      report.synthetic ? '<p class="warn">The bars are synthetic: made up, not measured.</p>' : "",
      `<div>${chips(chosen(report))}</div>`,
      headline(report),
      curves(report, time, equity, columns),
      priceChart(report, columns),
      monthlyTable(time, equity, stats.initialEquity),
      distributions(report, equity),
      rolling(report, time, equity),
      `<h2>Statistics</h2>${statistics(report)}`,
      denialTable(report),
      tradeTable(report),
      footer(report),
    ].join("\n"),
  );
}

function chosen({ params, options: { checked, risk, ...options } }: RunReport): string[] {
  const limits = Object.entries(risk?.limits ?? {}).map(([name, value]) => `risk ${name} ${inWords(value)}`);
  return [
    ...[...Object.entries(params), ...Object.entries(options)].map(([name, value]) => `${name} ${inWords(value)}`),
    ...(risk === undefined ? [] : ["risk checks of live trading", ...limits]),
    ...(checked ? ["no look-ahead"] : []),
  ];
}

function headline({ stats }: RunReport): string {
  return `<div class="cards">${[
    card("Return", percent(stats.totalReturn, { sign: true }), stats.totalReturn),
    card("A year", percent(stats.annualReturn, { sign: true }), stats.annualReturn),
    card("Sharpe", decimal(stats.sharpe)),
    card("Worst drawdown", percent(stats.maxDrawdown)),
    card("Trades", decimal(stats.trades, 0)),
    card("Profit factor", decimal(stats.profitFactor)),
  ].join("")}</div>`;
}

function curves(report: RunReport, time: Float64Array, equity: Float64Array, columns: BarColumns | undefined): string {
  const { stats, data } = report;
  const close = columns?.close;
  const comparable = close !== undefined && close.length === equity.length;
  const held = comparable ? close.map((price) => (stats.initialEquity * price) / close[0]!) : undefined;
  const lines = [
    ...(held ? [{ name: `holding ${data[0]!.symbol}`, values: held, tone: "b" }] : []),
    { name: "equity", values: equity, tone: "a" },
  ];
  const shared = { time, format: short };
  return `<h2>Equity and drawdown</h2>${timeChart({
    ...shared,
    id: "equity",
    title: "Equity",
    lines,
    height: 320,
    unit: "number",
    logarithmic: true,
    baseline: stats.initialEquity,
  })}${timeChart({
    time,
    id: "drawdown",
    title: "Drawdown from the last peak",
    lines: [{ name: "drawdown", values: underwater(equity, stats.initialEquity), tone: "loss", fillTo: 0 }],
    height: 150,
    unit: "percent",
    format: (value) => percent(value, { decimals: 0 }),
    baseline: 0,
  })}`;
}

function priceChart(report: RunReport, columns: BarColumns | undefined): string {
  if (columns === undefined) return "";
  const { symbol } = report.data[0]!;
  const own = report.trades.filter((trade) => trade.symbol === symbol);
  const step = Math.max(1, Math.ceil((own.length * 2) / MAX_MARKS));
  const drawn = own.filter((_, i) => i % step === 0);
  const marks = drawn.flatMap((trade): Mark[] => [
    {
      time: trade.entryTime,
      value: trade.entryPrice,
      tone: "a",
      up: trade.size > 0,
      title: `${trade.size > 0 ? "bought" : "sold short"} ${decimal(Math.abs(trade.size), 4)} at ${decimal(trade.entryPrice, 4)}, ${moment(trade.entryTime)}`,
    },
    {
      time: trade.exitTime,
      value: trade.exitPrice,
      tone: trade.pnl < 0 ? "loss" : "gain",
      up: trade.size < 0,
      title: `${trade.exitReason} at ${decimal(trade.exitPrice, 4)}, ${percent(trade.returnFraction, { sign: true })}, ${moment(trade.exitTime)}`,
    },
  ]);
  const note = step > 1 ? ` (every ${step}th of ${own.length} trades)` : "";
  return `<h2>Trades on the price</h2>${timeChart({
    id: "price",
    title: `${symbol}: entries in blue, exits green with a gain and red with a loss${note}`,
    time: columns.time,
    lines: [{ name: symbol, values: columns.close, tone: "b" }],
    height: 320,
    unit: "number",
    format: short,
    logarithmic: true,
    marks,
  })}`;
}

function distributions({ stats, trades, data }: RunReport, equity: Float64Array): string {
  const bars = Array.from(returnsOf(equity, stats.initialEquity)).filter((value) => value !== 0);
  const fine = (value: number) => percent(value, { decimals: Math.abs(value) < 0.01 ? 2 : 1 });
  return `<h2>Distribution</h2><div class="pair">${histogram(
    `Returns of bars (${data[0]!.interval}) in which equity changed`,
    bars,
    fine,
  )}${histogram(
    "Returns of trades",
    trades.map((trade) => trade.returnFraction),
    fine,
  )}</div>`;
}

/** Half a year where there is more than a year of it, otherwise an eighth of what there is. */
function rolling({ stats }: RunReport, time: Float64Array, equity: Float64Array): string {
  const { periodsPerYear } = stats.annualisation;
  if (periodsPerYear === null) return "";
  const window = Math.round(Math.min(periodsPerYear / 2, equity.length / 8));
  if (window < 20) return "";
  const { sharpe, volatility } = rollingStatistics(equity, stats.initialEquity, window, periodsPerYear);
  return `<h2>Rolling statistics</h2><div class="pair">${timeChart({
    id: "rolling-sharpe",
    title: `Sharpe ratio of the last ${decimal(window, 0)} bars`,
    time,
    lines: [{ name: "Sharpe", values: sharpe, tone: "a" }],
    height: 190,
    half: true,
    unit: "number",
    format: short,
    baseline: 0,
  })}${timeChart({
    id: "rolling-volatility",
    title: `Yearly volatility of the last ${decimal(window, 0)} bars`,
    time,
    lines: [{ name: "volatility", values: volatility, tone: "a" }],
    height: 190,
    half: true,
    unit: "percent",
    format: (value) => percent(value, { decimals: 0 }),
  })}</div>`;
}

/** Every statistic with its name, in three tables. */
export function statistics({ stats }: Pick<RunReport, "stats">): string {
  const signed = (value: number | null) => percent(value, { sign: true });
  return `<div class="thirds">${facts([
    ["Final equity", decimal(stats.finalEquity)],
    ["Return", signed(stats.totalReturn)],
    ["Buy and hold", signed(stats.buyAndHoldReturn)],
    ["Return a year (by bars)", signed(stats.annualReturn)],
    ["Return a year (by the clock)", signed(stats.cagr)],
    ["Volatility", percent(stats.volatility)],
    ["Exposure", percent(stats.exposure)],
    ["Turnover a year", `${decimal(stats.turnover, 1)}×`],
    ["Commission", decimal(stats.commission)],
    ["Financing", decimal(stats.financing)],
    ...(stats.benchmark === undefined
      ? []
      : ([[`Return of ${stats.benchmark}`, signed(stats.benchmarkReturn)]] as const)),
    ["Alpha", signed(stats.alpha)],
    ["Beta", decimal(stats.beta)],
  ])}${facts([
    ["Sharpe", decimal(stats.sharpe)],
    ["P(Sharpe > 0)", percent(stats.probabilisticSharpe)],
    [
      `P(Sharpe > 0) after ${stats.trials === 1 ? "one trial" : `${decimal(stats.trials, 0)} trials`}`,
      percent(stats.deflatedSharpe),
    ],
    ["Sortino", decimal(stats.sortino)],
    ["Calmar", decimal(stats.calmar)],
    ["Omega", decimal(stats.omega)],
    ["Worst drawdown", percent(stats.maxDrawdown)],
    ["Average drawdown", percent(stats.averageDrawdown)],
    ["Longest drawdown", duration(stats.maxDrawdownDurationMs)],
    ["Recovery from the worst", duration(stats.recoveryMs)],
    ["Value at risk, 95 %", percent(stats.valueAtRisk, { decimals: 2 })],
    ["Expected shortfall", percent(stats.expectedShortfall, { decimals: 2 })],
  ])}${facts([
    ["Trades", `${decimal(stats.trades, 0)}, ${stats.openTrades} open`],
    ["Win rate", percent(stats.winRate)],
    ["Profit factor", decimal(stats.profitFactor)],
    ["Mean win over mean loss", decimal(stats.payoffRatio)],
    ["Average trade", percent(stats.averageTrade, { sign: true, decimals: 2 })],
    ["Best and worst", `${signed(stats.bestTrade)}, ${percent(stats.worstTrade)}`],
    ["Expectancy, cash", decimal(stats.expectancy)],
    ["SQN", decimal(stats.sqn)],
    ["Kelly", decimal(stats.kelly)],
    ["Held, on average", duration(stats.averageTradeDurationMs)],
    ["Held, at most", duration(stats.maxTradeDurationMs)],
    ["Longest streaks", `${stats.longestWinStreak} wins, ${stats.longestLossStreak} losses`],
  ])}</div>`;
}

function footer(report: RunReport): string {
  const { stats, data } = report;
  const bars = data.map(({ symbol, hash }) => `${symbol} ${hash.slice(0, 16)}`).join(", ");
  const reasons = Object.entries(stats.unavailable).map(
    ([name, why]) => `${name} (${why.toLowerCase().replaceAll("_", " ")})`,
  );
  return `<footer>${annualisationLine(stats)} Statistics by the ${stats.convention} convention.${
    reasons.length > 0 ? ` Cannot be told: ${reasons.join(", ")}.` : ""
  }<br>Run ${report.id}, engine ${report.engineVersion}, strategy ${report.strategyHash.slice(0, 16)}, bars ${bars}.</footer>`;
}
