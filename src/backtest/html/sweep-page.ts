import { decimal, percent, short } from "../format.ts";
import { inWords } from "../run-settings.ts";
import { annualisationLine } from "../statistics/annualisation.ts";
import { failuresByCode } from "../sweep/failures.ts";
import type { SweepReport } from "../sweep/sweep-report.ts";
import { isDone, ranked, scoreOf, type Trial, type TrialDone } from "../sweep/trial.ts";
import { escapeHtml } from "./escape.ts";
import { heatMaps } from "./heat-map.ts";
import { histogram } from "./histogram.ts";
import { card, chips, page } from "./page.ts";
import { statistics } from "./run-page.ts";

const TOP = 50;

/** The report of a sweep as a page: heat maps, the best runs, how the objective is spread, and the best run's statistics. */
export function sweepPage(report: SweepReport): string {
  const { strategy, data, best, trials, objective, minimize } = report;
  const title = `${strategy} on ${data.map(({ symbol }) => symbol).join(", ")}: sweep`;
  const scores = trials.flatMap((trial) => {
    const score = scoreOf(trial, objective, minimize);
    return score === undefined ? [] : [minimize ? -score : score];
  });
  return page(
    title,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      `<p class="sub">${decimal(report.done, 0)} runs by ${report.method}${report.failed > 0 ? `, ${report.failed} failed` : ""}; ${minimize ? "smallest" : "largest"} ${objective} is best</p>`,
      report.synthetic ? '<p class="warn">The bars are synthetic: made up, not measured.</p>' : "",
      `<div>${chips([...report.vary, ...(report.constraint === undefined ? [] : [report.constraint]), ...settings(report)])}</div>`,
      best === null ? "" : headline(report, best),
      heatMaps(report),
      `<h2>All runs</h2><div class="pair">${histogram(objective, scores, short)}${histogram("Return", returnsOf(trials), (value) => percent(value, { decimals: 0 }))}</div>`,
      table(ranked(trials.filter(isDone), objective, minimize).filter(isDone).slice(0, TOP)),
      failureTable(report),
      best === null ? "" : `<h2>Statistics of the best</h2>${statistics(best)}`,
      `<footer>${best === null ? "" : `${annualisationLine(best.stats)} `}Sweep ${report.id}, engine ${report.engineVersion}, seed ${report.seed}, strategy ${report.strategyHash.slice(0, 16)}, bars ${data.map(({ symbol, hash }) => `${symbol} ${hash.slice(0, 16)}`).join(", ")}.</footer>`,
    ].join("\n"),
  );
}

function settings({ fixed, options: { checked: _checked, ...options } }: SweepReport): string[] {
  return [...Object.entries(fixed), ...Object.entries(options)].map(([name, value]) => `${name} ${inWords(value)}`);
}

function headline({ trials }: SweepReport, best: NonNullable<SweepReport["best"]>): string {
  const { stats, params } = best;
  const chosen = Object.entries(params).map(([name, value]) => `${name} ${value}`);
  return `<p>Best: ${chips(chosen)}</p><div class="cards">${[
    card("Sharpe", decimal(stats.sharpe)),
    card("P(Sharpe > 0)", percent(stats.probabilisticSharpe)),
    card(`after ${decimal(trials.length, 0)} trials`, percent(stats.deflatedSharpe)),
    card("Return", percent(stats.totalReturn, { sign: true }), stats.totalReturn),
    card("Worst drawdown", percent(stats.maxDrawdown)),
    card("Trades", decimal(stats.trades, 0)),
  ].join("")}</div>`;
}

function table(best: readonly TrialDone[]): string {
  if (best.length === 0) return "";
  const names = Object.keys(best[0]?.params ?? {});
  const head = [
    ...names,
    "Return",
    "A year",
    "Sharpe",
    "Sortino",
    "Calmar",
    "Drawdown",
    "Trades",
    "Win rate",
    "Profit factor",
  ];
  const rows = best.map((trial) => {
    const params = names.map((name) => `<td class="n">${escapeHtml(shown(trial.params[name]))}</td>`).join("");
    const cells = [
      percent(trial.totalReturn, { sign: true }),
      percent(trial.annualReturn, { sign: true }),
      decimal(trial.sharpe),
      decimal(trial.sortino),
      decimal(trial.calmar),
      percent(trial.maxDrawdown),
      decimal(trial.trades, 0),
      percent(trial.winRate),
      decimal(trial.profitFactor),
    ];
    return `<tr>${params}${cells.map((cell) => `<td class="n">${cell}</td>`).join("")}</tr>`;
  });
  return `<h2>Best runs</h2><div class="scroll"><table><thead><tr>${head.map((name) => `<th class="n">${escapeHtml(name)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function failureTable({ trials, failed }: SweepReport): string {
  if (failed === 0) return "";
  const rows = failuresByCode(trials).map(({ code, count, first }) => {
    const params = Object.entries(first.params).map(([name, value]) => `${name} ${shown(value)}`);
    return `<tr><td class="n">${decimal(count, 0)}</td><td><code>${escapeHtml(code)}</code></td><td>${escapeHtml(params.join(", "))}</td><td class="wrap">${escapeHtml(first.error.message)}</td></tr>`;
  });
  return `<h2>Failed runs</h2><div class="scroll"><table><thead><tr><th class="n">Runs</th><th>Code</th><th>The first at</th><th>Its message</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

const returnsOf = (trials: readonly Trial[]): number[] => trials.filter(isDone).map(({ totalReturn }) => totalReturn);

const shown = (value: unknown): string =>
  typeof value === "number" ? String(Number(value.toPrecision(5))) : String(value);
