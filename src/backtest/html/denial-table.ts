import { denialsByCode } from "../denials.ts";
import { decimal, moment } from "../format.ts";
import type { RunReport } from "../run-report.ts";
import { escapeHtml } from "./escape.ts";

/** The orders that were refused, by code. */
export function denialTable({ denials }: Pick<RunReport, "denials">): string {
  if (denials.length === 0) return "";
  const rows = denialsByCode(denials).map(
    ({ code, meaning, count, bar, time }) =>
      `<tr><td class="n">${decimal(count, 0)}</td><td><code>${escapeHtml(code)}</code></td><td>${escapeHtml(meaning)}</td><td>${moment(time)}, bar ${bar}</td></tr>`,
  );
  return `<h2>Orders refused</h2><div class="scroll"><table class="rows"><thead><tr><th class="n">Orders</th><th>Code</th><th>Because</th><th>First</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
