import type { Block } from "../view/block.ts";
import { grouped } from "../view/format.ts";
import { span } from "../view/line.ts";
import { lineChart, rangeOf } from "../view/line-chart.ts";
import { type Section, saying } from "./section.ts";

const WANTED_ROWS = 14;
/** More height only stretches the noise. */
const MOST_ROWS = 20;

/** A series as a line with its highest, middle and lowest value beside it. */
export function chartSection(title: string, values: readonly number[]): Section {
  return {
    title,
    rows: WANTED_ROWS,
    min: 4,
    draw: (width, height) => drawChart(values, width, Math.min(height, MOST_ROWS)),
  };
}

function drawChart(values: readonly number[], width: number, height: number): Block {
  if (values.length < 2) return saying("Too little to draw yet.")(width, height);
  const range = rangeOf(values);
  const labels = [range.high, (range.high + range.low) / 2, range.low].map(label);
  const gutter = Math.max(...labels.map((text) => text.length));
  const rows = lineChart(values, Math.max(1, width - gutter - 3), height, range);
  return rows.map((row, index) => {
    const text =
      index === 0
        ? labels[0]
        : index === height - 1
          ? labels[2]
          : index === Math.floor((height - 1) / 2)
            ? labels[1]
            : "";
    return [span(`${text!.padStart(gutter)} ┤`, "muted"), span(row, "chart")];
  });
}

/** As many places as the size needs: a price of 0.00012 and an equity of 104,233 both stay readable. */
function label(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 1000) return grouped(value.toFixed(0));
  return String(Number(size >= 1 ? value.toFixed(2) : value.toPrecision(3)));
}
