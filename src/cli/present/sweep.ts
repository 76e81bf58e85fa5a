import { styleText } from "node:util";
import { decimal, NONE, percent } from "../../backtest/format.ts";
import { annualisationLine } from "../../backtest/statistics/annualisation.ts";
import { failuresByCode } from "../../backtest/sweep/failures.ts";
import type { SweepReport } from "../../backtest/sweep/sweep-report.ts";
import { isDone, ranked, scoreOf, type Trial, type TrialDone } from "../../backtest/sweep/trial.ts";

const WIDTH = 80;

/** A sweep as a page of 80 columns: what it was, its best runs as a table, and what the best is worth. */
export function sweepSummary(report: SweepReport, top: number): string[] {
  return [...heading(report), "", ...table(report, top), ...failures(report), ...heat(report), ...verdict(report)];
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

/** What is shown of each run, in columns of equal width; the essential ones stay when there are many parameters. */
const MEASURES: readonly {
  readonly head: string;
  /** With an unknown calendar nothing is of a year, and the ratio is of a bar. */
  readonly headOfBars?: string;
  readonly essential?: true;
  cell(trial: TrialDone, yearly: boolean): string;
}[] = [
  { head: "return", essential: true, cell: ({ totalReturn }) => percent(totalReturn, { sign: true }) },
  { head: "a year", cell: ({ annualReturn }, yearly) => (yearly ? percent(annualReturn, { sign: true }) : NONE) },
  {
    head: "Sharpe",
    headOfBars: "S. a bar",
    essential: true,
    cell: ({ sharpe }, yearly) => decimal(sharpe, yearly ? 2 : 4),
  },
  { head: "Calmar", cell: ({ calmar }, yearly) => (yearly ? decimal(calmar) : NONE) },
  { head: "drawdown", essential: true, cell: ({ maxDrawdown }) => percent(maxDrawdown) },
  { head: "trades", essential: true, cell: ({ trades }) => decimal(trades, 0) },
];
const CELL = 9;
const MANY_PARAMS = 5;

function table({ trials, objective, minimize, best: chosen }: SweepReport, top: number): string[] {
  const yearly = chosen?.stats.annualisation.periodsPerYear !== null;
  const best = ranked(trials.filter(isDone), objective, minimize).slice(0, top).filter(isDone);
  if (best.length === 0) return [];
  const names = Object.keys(best[0]!.params);
  const measures = MEASURES.filter(({ essential }) => essential || names.length < MANY_PARAMS);
  const room = Math.max(3, Math.min(16, Math.floor((WIDTH - 1 - CELL * measures.length) / names.length) - 1));
  const param = (text: string) => ` ${text.slice(0, room).padStart(room)}`;
  const head = [
    ...names.map(param),
    ...measures.map(({ head, headOfBars }) => ((yearly ? undefined : headOfBars) ?? head).padStart(CELL)),
  ];
  const rows = best.map((trial) => [
    ...Object.values(trial.params).map((value) => param(shown(value))),
    ...measures.map(({ cell }) => cell(trial, yearly).padStart(CELL)),
  ]);
  return [styleText("dim", head.join("")), ...rows.map((cells) => cells.join("")), ""];
}

/** Kinds of failure that are shown; the report has them all. */
const MAX_FAILURES = 4;

/** How many runs failed, of what, and the first of each kind with its message. */
function failures({ trials }: SweepReport): string[] {
  const all = failuresByCode(trials);
  const shownOnes = all.slice(0, MAX_FAILURES).flatMap(({ code, count, first }) => {
    const params = Object.entries(first.params).map(([name, value]) => `${name} ${shown(value)}`);
    const which = count === 1 ? "run" : "runs, the first";
    return [
      ` ${styleText("red", `${decimal(count, 0)} × ${code}`)}${styleText("dim", `  ${which} at ${params.join(" · ")}`)}`,
      ...wrapped(first.error.message, WIDTH - 4).map((line) => `   ${line}`),
    ];
  });
  const rest = all.length > MAX_FAILURES ? [` and ${all.length - MAX_FAILURES} other kinds of failure`] : [];
  return all.length === 0 ? [] : [...shownOnes, ...rest, ""];
}

/** Lines of at most `width`, broken between words; at most three of them. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.replaceAll(/\s+/g, " ").split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word.slice(0, width));
    else lines[lines.length - 1] = `${last}${last === "" ? "" : " "}${word}`.slice(0, width);
  }
  return lines.length <= 3 ? lines : [...lines.slice(0, 2), `${lines[2]!.slice(0, width - 1)}…`];
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
