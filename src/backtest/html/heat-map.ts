import type { ParamValue } from "../../strategy/params.ts";
import { decimal } from "../format.ts";
import type { SweepReport } from "../sweep/sweep-report.ts";
import { scoreOf, type Trial } from "../sweep/trial.ts";
import { escapeHtml } from "./escape.ts";

const WIDTH = 1000;
const LEFT = 62;
const TOP = 22;
const BOTTOM = 40;
const RIGHT = 12;
const MAX_ROWS = 60;

/** Two varied parameters as a map of the objective; with more of them, each pair of the first three, best value shown. */
export function heatMaps(report: SweepReport): string {
  const names = Object.keys(report.trials[0]?.params ?? {}).slice(0, 3);
  const pairs = names.flatMap((down, i) => names.slice(i + 1).map((across) => [down, across] as const));
  return pairs.map(([down, across]) => heatMap(report, down, across)).join("");
}

function heatMap({ trials, objective, minimize, best }: SweepReport, down: string, across: string): string {
  const rows = axis(trials, down);
  const columns = axis(trials, across);
  if (rows.length < 2 || columns.length < 2) return "";
  const scores = new Map<string, number>();
  for (const trial of trials) {
    const score = scoreOf(trial, objective, minimize);
    if (score === undefined) continue;
    const key = `${binOf(rows, trial.params[down]!)}/${binOf(columns, trial.params[across]!)}`;
    scores.set(key, Math.max(score, scores.get(key) ?? Number.NEGATIVE_INFINITY));
  }
  const sorted = [...scores.values()].sort((a, b) => a - b);
  const cellWidth = (WIDTH - LEFT - RIGHT) / columns.length;
  const cellHeight = Math.max(9, Math.min(24, 420 / rows.length));
  const height = TOP + rows.length * cellHeight + BOTTOM;
  const cells: string[] = [];
  for (const [r, row] of rows.entries()) {
    for (const [c, column] of columns.entries()) {
      const score = scores.get(`${r}/${c}`);
      if (score === undefined) continue;
      const share = sorted.findIndex((one) => one >= score) / Math.max(1, sorted.length - 1);
      const value = minimize ? -score : score;
      const x = LEFT + c * cellWidth;
      const y = TOP + r * cellHeight;
      cells.push(
        `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(cellWidth)}" height="${fixed(cellHeight)}" fill="${colour(share)}"><title>${escapeHtml(`${down} ${show(row)}, ${across} ${show(column)}: ${decimal(value, 3)}`)}</title></rect>`,
      );
    }
  }
  const chosen =
    best === null
      ? ""
      : markOf(binOf(rows, best.params[down]!), binOf(columns, best.params[across]!), cellWidth, cellHeight);
  const rowStep = Math.ceil(14 / cellHeight);
  const columnStep = Math.ceil(44 / cellWidth);
  const labels = [
    ...rows.map((row, r) =>
      r % rowStep === 0
        ? `<text class="end" x="${LEFT - 8}" y="${fixed(TOP + (r + 0.5) * cellHeight + 4)}">${escapeHtml(show(row))}</text>`
        : "",
    ),
    ...columns.map((column, c) =>
      c % columnStep === 0
        ? `<text class="middle" x="${fixed(LEFT + (c + 0.5) * cellWidth)}" y="${height - 24}">${escapeHtml(show(column))}</text>`
        : "",
    ),
  ];
  const title = `${objective} by ${down} (down) and ${across} (across); colour by rank, the best framed`;
  return `<figure class="chart"><figcaption>${escapeHtml(title)}</figcaption><div class="plot"><svg class="heat full" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}">${cells.join("")}${chosen}${labels.join("")}<text class="middle" x="${WIDTH / 2}" y="${height - 6}">${escapeHtml(across)}</text><text class="end" x="${LEFT - 8}" y="${TOP - 8}">${escapeHtml(down)}</text></svg></div>${scale(sorted, objective, minimize)}</figure>`;
}

/** What the colours mean: they are of ranks, so the middle of the scale is the median. */
function scale(sorted: readonly number[], objective: string, minimize: boolean): string {
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  const value = (share: number) => decimal(minimize ? -at(share) : at(share), 2);
  const steps = Array.from({ length: 24 }, (_, i) => `<i style="background:${colour(i / 23)}"></i>`).join("");
  return `<p class="scale">${escapeHtml(objective)} ${value(0)}<span>${steps}</span>${value(1)}, median ${value(0.5)}</p>`;
}

type Axis = readonly ParamValue[];

/** The values of a parameter in order; bins of a range when there are too many to tell apart. */
function axis(trials: readonly Trial[], name: string): Axis {
  const values = [...new Set(trials.map(({ params }) => params[name]!))];
  if (values.some((value) => typeof value !== "number")) return values;
  const numbers = values.map(Number).sort((a, b) => a - b);
  if (numbers.length <= MAX_ROWS) return numbers;
  const [low, high] = [numbers[0]!, numbers.at(-1)!];
  return Array.from({ length: 30 }, (_, i) => low + ((high - low) * i) / 29);
}

function binOf(axisValues: Axis, value: ParamValue): number {
  const exact = axisValues.indexOf(value);
  if (exact !== -1 || typeof value !== "number") return exact;
  const [low, high] = [Number(axisValues[0]), Number(axisValues.at(-1))];
  return Math.round(((value - low) / (high - low)) * (axisValues.length - 1));
}

/** Dark blue over teal to yellow: the order is seen without colour sight too. */
function colour(share: number): string {
  const stops = [
    [48, 32, 104],
    [40, 110, 142],
    [42, 168, 128],
    [160, 212, 70],
    [252, 228, 50],
  ] as const;
  const at = share * (stops.length - 1);
  const [a, b] = [stops[Math.floor(at)]!, stops[Math.min(stops.length - 1, Math.floor(at) + 1)]!];
  const mix = a.map((one, i) => Math.round(one + (b[i]! - one) * (at % 1)));
  return `rgb(${mix.join(",")})`;
}

function markOf(row: number, column: number, width: number, height: number): string {
  return `<rect x="${fixed(LEFT + column * width + 1)}" y="${fixed(TOP + row * height + 1)}" width="${fixed(width - 2)}" height="${fixed(height - 2)}" fill="none" style="stroke:#e11d48;stroke-width:2.5"/>`;
}

const show = (value: ParamValue): string =>
  typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
const fixed = (value: number): string => String(Math.round(value * 100) / 100);
