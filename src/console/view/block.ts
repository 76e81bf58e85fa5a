import { BLANK, fitTo, type Line, lineWidth, type Span } from "./line.ts";

/** A rectangle of the screen: lines from the top. */
export type Block = readonly Line[];

/** Exactly `height` lines: the rest is cut or left blank. */
export function fill(block: Block, height: number): Block {
  return Array.from({ length: Math.max(0, height) }, (_, row) => block[row] ?? BLANK);
}

/** Blocks next to each other, each in its width, with a gap of one cell between. */
export function beside(parts: readonly { readonly block: Block; readonly width: number }[]): Block {
  const height = Math.max(0, ...parts.map(({ block }) => block.length));
  return Array.from({ length: height }, (_, row) =>
    parts.flatMap(({ block, width }, index) => [
      ...(index > 0 ? [{ text: " " }] : []),
      ...fitTo(block[row] ?? BLANK, width),
    ]),
  );
}

/** A titled rectangle: a rule with the title, and something at its right end, above the content. */
export function panel(title: string, content: Block, width: number, height: number, right: Line = BLANK): Block {
  return [rule(title, width, right), ...fill(content, height - 1)];
}

/** `── Title ─────────── right ──` over the whole width. */
export function rule(title: string, width: number, right: Line = BLANK): Line {
  const head: Span[] = [
    { text: "─ ", role: "border" },
    { text: title, role: "title" },
    { text: " ", role: "border" },
  ];
  const tail: Span[] = right.length === 0 ? [] : [{ text: " " }, ...right, { text: " ─", role: "border" }];
  const dashes = width - lineWidth(head) - lineWidth(tail);
  if (dashes < 1 && tail.length > 0) return rule(title, width);
  return fitTo([...head, { text: "─".repeat(Math.max(0, dashes)), role: "border" }, ...tail], width);
}

/** Shares `total` rows among parts: each gets its minimum, then what it wants in turn, the last takes what is left. */
export function shareRows(total: number, wishes: readonly { readonly min: number; readonly want: number }[]): number[] {
  const rows = wishes.map(({ min }) => min);
  let left = total - rows.reduce((sum, one) => sum + one, 0);
  for (const [index, { min, want }] of wishes.entries()) {
    const more = Math.max(0, Math.min(left, want - min));
    rows[index]! += more;
    left -= more;
  }
  if (left > 0 && rows.length > 0) rows[rows.length - 1]! += left;
  for (let index = rows.length - 1; left < 0 && index >= 0; index--) {
    const less = Math.min(-left, rows[index]!);
    rows[index]! -= less;
    left += less;
  }
  return rows;
}
