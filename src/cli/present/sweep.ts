import { styleText } from "node:util";
import { decimal, NONE, percent } from "../../backtest/format.ts";
import { annualisationLine } from "../../backtest/statistics/annualisation.ts";
import type { SweepReport } from "../../backtest/sweep/sweep-report.ts";
import { isDone, ranked, scoreOf, type Trial } from "../../backtest/sweep/trial.ts";

const WIDTH = 80;

/** A sweep as a page of 80 columns: what it was, its best runs as a table, and what the best is worth. */
export function sweepSummary(report: SweepReport, top: number): string[] {
  return [...heading(report), "", ...table(report, top), "", ...heat(report), ...verdict(report)];
}

function heading({ strategy, data, done, failed, method, objective, minimize, vary }: SweepReport): string[] {
  const count = `${decimal(done, 0)} runs${failed > 0 ? `, ${failed} failed` : ""}`;
  const title = `${strategy} on ${data.map(({ symbol }) => symbol).join(", ")}`;
  const goal = `${minimize ? "smallest" : "largest"} ${objective}, ${method}`;
  return [
    ` ${styleText("bold", title)}${count.padStart(Math.max(count.length + 2, WIDTH - 2 - title.length))}`,
    styleText("dim", ` ${goal} over ${vary.join("  ")}`.slice(0, WIDTH)),
  ];
}

const HEAD = ["  return", "a year", "Sharpe", "Calmar", "drawdown", "trades"];
/** With an unknown calendar nothing is of a year, and the ratio is of a bar. */
const HEAD_OF_BARS = ["  return", "a year", "S. a bar", "Calmar", "drawdown", "trades"];

function table({ trials, objective, minimize, best: chosen }: SweepReport, top: number): string[] {
  const yearly = chosen?.stats.annualisation.periodsPerYear !== null;
  const best = ranked(trials, objective, minimize).slice(0, top);
  const names = Object.keys(best[0]?.params ?? {});
  const room = Math.max(6, Math.floor((WIDTH - 56) / Math.max(1, names.length)));
  const head = [
    ...names.map((name) => name.slice(0, room).padStart(room)),
    ...(yearly ? HEAD : HEAD_OF_BARS).map((text) => text.padStart(9)),
  ];
  return [styleText("dim", ` ${head.join(" ")}`), ...best.map((trial) => ` ${row(trial, room, yearly)}`)];
}

function row(trial: Trial, room: number, yearly: boolean): string {
  const params = Object.values(trial.params).map((value) => shown(value).slice(0, room).padStart(room));
  if (!isDone(trial)) return [...params, styleText("red", `  ${trial.error.code}`)].join(" ");
  const { totalReturn, annualReturn, sharpe, calmar, maxDrawdown, trades } = trial;
  const cells = [
    percent(totalReturn, { sign: true }),
    yearly ? percent(annualReturn, { sign: true }) : NONE,
    decimal(sharpe, yearly ? 2 : 4),
    yearly ? decimal(calmar) : NONE,
    percent(maxDrawdown),
    String(trades),
  ];
  return [...params, ...cells.map((cell) => cell.padStart(9))].join(" ");
}

const shown = (value: number | string | boolean): string =>
  typeof value === "number" ? String(Number(value.toPrecision(5))) : String(value);

const SHADES = [" ", "░", "▒", "▓", "█"];

/** Two varied parameters as a map: the darker, the better. */
function heat({ trials, vary, objective, minimize }: SweepReport): string[] {
  const [down, across] = vary.map((text) => axisOf(text, trials));
  if (vary.length !== 2 || !down || !across || across.length > WIDTH - 14 || down.length > 24) return [];
  const [downName = "", acrossName = ""] = Object.keys(trials[0]?.params ?? {});
  const scores = new Map(
    trials.map((trial) => [Object.values(trial.params).join("/"), scoreOf(trial, objective, minimize)]),
  );
  const known = [...scores.values()].filter((score) => score !== undefined).sort((a, b) => a - b);
  const shade = (score: number | undefined) => {
    if (score === undefined) return styleText("dim", "·");
    const rank = known.findIndex((one) => one >= score) / Math.max(1, known.length - 1);
    return SHADES[Math.min(SHADES.length - 1, Math.floor(rank * SHADES.length))]!;
  };
  const cell = Math.max(1, Math.min(3, Math.floor((WIDTH - 14) / across.length)));
  const rows = down.map((value) => {
    const line = across.map((other) => shade(scores.get(`${value}/${other}`)).repeat(cell)).join("");
    return ` ${shown(value).padStart(8)} │${line}`;
  });
  const ends = `${shown(across[0]!)}${shown(across.at(-1)!).padStart(Math.max(1, across.length * cell - shown(across[0]!).length))}`;
  return [
    styleText("dim", ` ${objective} by ${downName} (down) and ${acrossName} (across), by rank`),
    ...rows,
    styleText("dim", ` ${"".padStart(8)}  ${ends}`),
    "",
  ];
}

/** The values of one varied parameter in their order, when they are few enough to be the side of a map. */
function axisOf(text: string, trials: readonly Trial[]): readonly (number | string | boolean)[] | undefined {
  const name = text.slice(0, text.indexOf("="));
  const values = [...new Set(trials.map(({ params }) => params[name]!))];
  return values.length < 2 ? undefined : values.sort((a, b) => (typeof a === "number" ? a - Number(b) : 0));
}

function verdict({ best, trials, id, synthetic }: SweepReport): string[] {
  if (best === null) return [styleText("dim", ` No run gave a result. Sweep ${id}`)];
  const { stats } = best;
  const params = Object.entries(best.params).map(([name, value]) => `${name} ${shown(value)}`);
  const lines = [
    ` Best: ${params.join(" · ")}`,
    ` Sharpe ${decimal(stats.sharpe)}; that it is above zero: ${percent(stats.probabilisticSharpe)}, ${percent(stats.deflatedSharpe)} after ${trials.length} trials.`,
    ` ${annualisationLine(stats)}`,
    ...(synthetic ? [" The bars are synthetic: made up, not measured."] : []),
    ` Sweep ${id}`,
  ];
  return lines.map((line, i) => (i === 0 ? line : styleText("dim", line)));
}
