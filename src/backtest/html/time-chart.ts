import { escapeHtml, scriptJson } from "./escape.ts";
import { extentOf, linearScale, niceTicks, timeTicks } from "./scale.ts";
import { thin } from "./thin.ts";

/** One line of a chart. All lines of a chart share its times. */
export interface Line {
  readonly name: string;
  readonly values: ArrayLike<number>;
  /** Class of the stylesheet: `a`, `b`, `gain`, `loss`. */
  readonly tone: string;
  /** Fills down (or up) to this value. */
  readonly fillTo?: number;
}

/** A point on the chart: a triangle that points up or down. */
export interface Mark {
  readonly time: number;
  readonly value: number;
  readonly tone: string;
  readonly up: boolean;
  readonly title: string;
}

export interface TimeChart {
  readonly id: string;
  readonly title: string;
  readonly time: ArrayLike<number>;
  readonly lines: readonly Line[];
  readonly height: number;
  /** Half for a chart that shares its row, so that its letters are no smaller than others'. */
  readonly half?: boolean;
  readonly format: (value: number) => string;
  /** Written by the script of the page: `number`, `percent`. */
  readonly unit: "number" | "percent";
  readonly logarithmic?: boolean;
  /** Draws this value as a line across. */
  readonly baseline?: number;
  readonly marks?: readonly Mark[];
}

const FULL_WIDTH = 1000;
const LEFT = 62;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 22;

/** A chart over time as inline SVG, with the data that the page's script needs to show values under the pointer. */
export function timeChart(chart: TimeChart): string {
  const { time, lines, height, format, baseline, marks = [] } = chart;
  const width = chart.half ? FULL_WIDTH / 2 : FULL_WIDTH;
  const kept = keptIndices(lines);
  const log = chart.logarithmic === true && lines.every((line) => kept.every((i) => !(line.values[i]! <= 0)));
  const level = log ? Math.log10 : (value: number) => value;
  const shown = [...lines.flatMap((line) => kept.map((i) => line.values[i]!)), ...marks.map(({ value }) => value)];
  const [low, high] = extentOf(baseline === undefined ? shown : [...shown, baseline]);
  const y = linearScale([level(low), level(high)], [height - BOTTOM, TOP]);
  const [from, to] = [time[0] ?? 0, time[time.length - 1] ?? 1];
  const x = linearScale([from, to], [LEFT, width - RIGHT]);
  const at = (value: number) => round(y(level(value)));
  const ticks = log ? logTicks(low, high) : niceTicks([low, high], Math.max(3, Math.round(height / 50)));
  const data = {
    id: chart.id,
    unit: chart.unit,
    left: LEFT,
    right: width - RIGHT,
    width,
    t: kept.map((i) => time[i]!),
    lines: lines.map((line) => ({ name: line.name, v: kept.map((i) => finite(line.values[i]!)) })),
  };
  return `<figure class="chart"><figcaption>${escapeHtml(chart.title)}${log ? ", logarithmic" : ""}${legend(lines)}</figcaption>
<div class="plot"><svg id="${chart.id}" class="${chart.half ? "half" : "full"}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(chart.title)}">
<g class="grid">${ticks.map((tick) => `<line x1="${LEFT}" x2="${width - RIGHT}" y1="${at(tick)}" y2="${at(tick)}"/><text x="${LEFT - 8}" y="${at(tick) + 4}" class="end">${format(tick)}</text>`).join("")}
${timeTicks(from, to, chart.half ? 5 : 9)
  .map(({ at: when, label }) => `<text x="${round(x(when))}" y="${height - 5}" class="middle">${label}</text>`)
  .join("")}</g>
${baseline === undefined ? "" : `<line class="base" x1="${LEFT}" x2="${width - RIGHT}" y1="${at(baseline)}" y2="${at(baseline)}"/>`}
${lines.map((line) => pathOf(line, kept, time, x, at)).join("\n")}
${marks.map((mark) => triangle(mark, round(x(mark.time)), at(mark.value))).join("")}
<line class="cursor" y1="${TOP}" y2="${height - BOTTOM}" visibility="hidden"/></svg></div>
<div class="tip" hidden></div><script type="application/json" class="series">${scriptJson(data)}</script></figure>`;
}

function pathOf(
  line: Line,
  kept: readonly number[],
  time: ArrayLike<number>,
  x: (value: number) => number,
  at: (value: number) => number,
): string {
  let path = "";
  let [pen, firstX, lastX] = [false, 0, 0];
  for (const i of kept) {
    const value = line.values[i]!;
    if (!Number.isFinite(value)) {
      pen = false;
      continue;
    }
    const px = round(x(time[i]!));
    if (path === "") firstX = px;
    path += `${pen ? "L" : "M"}${px} ${at(value)}`;
    [pen, lastX] = [true, px];
  }
  if (path === "") return "";
  const fill =
    line.fillTo === undefined
      ? ""
      : `<path class="area ${line.tone}" d="${path}L${lastX} ${at(line.fillTo)}L${firstX} ${at(line.fillTo)}Z"/>`;
  return `${fill}<path class="line ${line.tone}" d="${path}"/>`;
}

function triangle({ tone, up, title }: Mark, x: number, y: number): string {
  const shape = up ? `M${x} ${y + 3}l5 9h-10z` : `M${x} ${y - 3}l5 -9h-10z`;
  return `<path class="mark ${tone}" d="${shape}"><title>${escapeHtml(title)}</title></path>`;
}

function legend(lines: readonly Line[]): string {
  if (lines.length < 2) return "";
  return lines.map(({ name, tone }) => ` <span class="key ${tone}">${escapeHtml(name)}</span>`).join("");
}

/** What any of the lines needs. */
function keptIndices(lines: readonly Line[]): number[] {
  const kept = new Set(lines.flatMap((line) => thin(line.values)));
  return [...kept].sort((a, b) => a - b);
}

/** 1, 2 and 5 times the powers of ten; every round number when the range is within one of them. */
function logTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of [1, 2, 5]) {
      const tick = digit * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks.length >= 3 ? ticks : niceTicks([low, high], 5).filter((tick) => tick > 0);
}

const round = (value: number): number => Math.round(value * 10) / 10;
const finite = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null);
