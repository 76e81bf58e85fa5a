import { percent } from "../format.ts";
import { monthOf } from "../statistics/daily.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns of the calendar months (UTC) as a table with a row for each year; the deeper the colour, the larger. */
export function monthlyTable(time: Float64Array, equity: Float64Array, cash: number): string {
  const months = monthlyReturns(time, equity, cash);
  if (months.size === 0) return "";
  const first = Math.floor(Math.min(...months.keys()) / 12);
  const last = Math.floor(Math.max(...months.keys()) / 12);
  const largest = Math.max(...[...months.values()].map(Math.abs), 1e-9);
  const rows: string[] = [];
  for (let year = last; year >= first; year--) {
    let growth = 1;
    const cells = MONTHS.map((_, month) => {
      const value = months.get(year * 12 + month);
      if (value === undefined) return "<td></td>";
      growth *= 1 + value;
      return `<td class="${value < 0 ? "loss" : "gain"}" style="--depth:${(Math.sqrt(Math.abs(value) / largest) * 70).toFixed(0)}%">${percent(value).replace(" %", "")}</td>`;
    });
    rows.push(`<tr><th>${year}</th>${cells.join("")}<td class="year">${percent(growth - 1, { sign: true })}</td></tr>`);
  }
  return `<section><h2>Monthly returns, %</h2><div class="scroll"><table class="months"><thead><tr><th></th>${MONTHS.map((name) => `<th>${name}</th>`).join("")}<th>Year</th></tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}

/** Returns by month number (year * 12 + month). */
export function monthlyReturns(time: Float64Array, equity: Float64Array, cash: number): Map<number, number> {
  const months = new Map<number, number>();
  let start = cash;
  for (let i = 0; i < time.length; i++) {
    const month = monthOf(time[i]!);
    if (i + 1 < time.length && monthOf(time[i + 1]!) === month) continue;
    months.set(month, start === 0 ? 0 : equity[i]! / start - 1);
    start = equity[i]!;
  }
  return months;
}
