import { escapeHtml } from "./escape.ts";
import { linearScale, niceTicks } from "./scale.ts";

const WIDTH = 480;
const HEIGHT = 210;
const LEFT = 34;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;
const BARS = 41;

/** How often values occur, losses and gains apart. What lies in the outer half percent is counted at the edges. */
export function histogram(title: string, values: readonly number[], format: (value: number) => string): string {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (known.length < 2)
    return `<figure class="chart"><figcaption>${escapeHtml(title)}</figcaption><p class="empty">too few to draw</p></figure>`;
  const edge = Math.floor(known.length * 0.005);
  const [least, most] = [known[edge]!, known[known.length - 1 - edge]!];
  // Around zero both sides are drawn equally far; away from it there is nothing to compare.
  const reach = Math.max(Math.abs(least), Math.abs(most)) || 1;
  const [low, high] =
    least < 0 && most > 0 ? [-reach, reach] : [least, most > least ? most : least + (Math.abs(least) || 1)];
  const width = (high - low) / BARS;
  const counts = new Array<number>(BARS).fill(0);
  for (const value of known) counts[Math.min(BARS - 1, Math.max(0, Math.floor((value - low) / width)))]! += 1;
  const x = linearScale([low, high], [LEFT, WIDTH - RIGHT]);
  const y = linearScale([0, Math.max(...counts)], [HEIGHT - BOTTOM, TOP]);
  const bars = counts.map((count, i) => {
    const middle = low + (i + 0.5) * width;
    const tone = middle < 0 ? "loss" : "gain";
    const left = x(low + i * width);
    return `<rect class="${tone}" x="${round(left + 0.5)}" y="${round(y(count))}" width="${round((WIDTH - LEFT - RIGHT) / BARS - 1)}" height="${round(HEIGHT - BOTTOM - y(count))}"><title>${format(middle)}: ${count}</title></rect>`;
  });
  const counted = niceTicks([0, Math.max(...counts)], 3).filter(Number.isInteger);
  const levels = counted.map(
    (count) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(count))}" y2="${round(y(count))}"/><text class="end" x="${LEFT - 6}" y="${round(y(count) + 4)}">${count}</text>`,
  );
  const ticks = niceTicks([low, high], 6).map(
    (tick) => `<text class="middle" x="${round(x(tick))}" y="${HEIGHT - 5}">${format(tick)}</text>`,
  );
  return `<figure class="chart"><figcaption>${escapeHtml(title)}</figcaption>
<svg class="half" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">
<g class="grid">${levels.join("")}</g><g class="bars">${bars.join("")}</g>${low < 0 && high > 0 ? `<line class="base" x1="${round(x(0))}" x2="${round(x(0))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>` : ""}
<g class="grid">${ticks.join("")}</g></svg></figure>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
