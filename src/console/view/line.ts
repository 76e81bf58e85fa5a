import { cellWidth, printable, truncate } from "./cells.ts";
import type { Role } from "./theme.ts";

/** A piece of text in one role, perhaps on the ground of another. The theme decides what the roles look like. */
export interface Span {
  readonly text: string;
  readonly role?: Role;
  readonly ground?: Role;
}

/** One row of the screen, left to right. */
export type Line = readonly Span[];

export const BLANK: Line = [];

/** A span of text from anywhere: what a terminal would act on is taken out. */
export function span(text: string, role?: Role): Span {
  const safe = printable(text);
  return role === undefined ? { text: safe } : { text: safe, role };
}

/** A line of one span. */
export function line(text: string, role?: Role): Line {
  return [span(text, role)];
}

export function lineWidth(spans: Line): number {
  let width = 0;
  for (const { text } of spans) width += cellWidth(text);
  return width;
}

/** Exactly `width` cells: what is too long is cut with an ellipsis, what is too short is filled with spaces. */
export function fitTo(spans: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const one of spans) {
    const cells = cellWidth(one.text);
    if (cells > left) {
      if (left > 0) kept.push({ ...one, text: truncate(one.text, left) });
      left -= left > 0 ? cellWidth(kept.at(-1)!.text) : 0;
      break;
    }
    kept.push(one);
    left -= cells;
  }
  if (left > 0) kept.push({ text: " ".repeat(left) });
  return kept;
}

/** `left` at the start and `right` at the end of a row of `width` cells; the right gives way when both do not fit. */
export function spread(left: Line, right: Line, width: number): Line {
  const gap = width - lineWidth(left) - lineWidth(right);
  return gap < 1 ? fitTo(left, width) : [...left, { text: " ".repeat(gap) }, ...right];
}

/** The whole row on the ground of a role, under what its spans have: a cursor bar, a banner. */
export function onGround(spans: Line, ground: Role): Line {
  return spans.map((one) => ({ ...one, ground }));
}

/** The text alone, without the blanks at its end. */
export function plainText(spans: Line): string {
  return spans
    .map(({ text }) => text)
    .join("")
    .trimEnd();
}
