import { escapeHtml } from "./escape.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** A whole page in one file: nothing in it is fetched, and the page itself forbids it. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main>${body}</main><script>${SCRIPT}</script></body></html>
`;
}

/** A large figure with its name. */
export function card(label: string, value: string, tone?: number | null): string {
  const mark = tone === undefined || tone === null || tone === 0 ? "" : tone > 0 ? ' class="up"' : ' class="down"';
  return `<div class="card"><b${mark}>${escapeHtml(value)}</b><span>${escapeHtml(label)}</span></div>`;
}

/** Names and values, one row each. */
export function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  const lines = rows.map(([label, value]) => `<tr><th>${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`);
  return `<table class="facts"><tbody>${lines.join("")}</tbody></table>`;
}

export function chips(texts: readonly string[]): string {
  return texts.map((text) => `<span class="chip">${escapeHtml(text)}</span>`).join("");
}
