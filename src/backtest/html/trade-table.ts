import { decimal, duration, moment, percent } from "../format.ts";
import type { RunReport } from "../run-report.ts";
import { escapeHtml } from "./escape.ts";

/** Rows shown: the export has them all. */
const MAX_ROWS = 1000;

/** The closed trades as a table that scrolls. */
export function tradeTable({ trades, data }: Pick<RunReport, "trades" | "data">): string {
  if (trades.length === 0) return "";
  const several = data.length > 1;
  const head = [
    "",
    ...(several ? ["Symbol"] : []),
    "Entry",
    "Exit",
    "Size",
    "Price in",
    "Price out",
    "Profit",
    "Return",
    "Held",
    "Left by",
  ];
  const rows = trades.slice(0, MAX_ROWS).map((trade, i) => {
    const tone = trade.pnl < 0 ? "down" : "up";
    const cells = [
      `<td class="n">${i + 1}</td>`,
      several ? `<td>${escapeHtml(trade.symbol)}</td>` : "",
      `<td>${moment(trade.entryTime)}</td><td>${moment(trade.exitTime)}</td>`,
      `<td class="n">${decimal(trade.size, decimalsOf(trade.size))}</td>`,
      `<td class="n">${decimal(trade.entryPrice, 4)}</td><td class="n">${decimal(trade.exitPrice, 4)}</td>`,
      `<td class="n ${tone}">${decimal(trade.pnl)}</td><td class="n ${tone}">${percent(trade.returnFraction, { sign: true, decimals: 2 })}</td>`,
      `<td>${duration(trade.exitTime - trade.entryTime)}</td><td>${trade.exitReason}</td>`,
    ];
    return `<tr>${cells.join("")}</tr>`;
  });
  const note = trades.length > MAX_ROWS ? `<p class="sub">The first ${MAX_ROWS} of ${trades.length}.</p>` : "";
  return `<h2>Trades</h2>${note}<div class="trades"><table><thead><tr>${head.map((name) => `<th${NUMERIC.includes(name) ? ' class="n"' : ""}>${name}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

const NUMERIC = ["", "Size", "Price in", "Price out", "Profit", "Return"];

const decimalsOf = (size: number): number => (Number.isInteger(size) ? 0 : 6);
