import type { Block } from "./block.ts";
import { fitTo, type Line, lineWidth, onGround, type Span } from "./line.ts";

export interface Column<T> {
  readonly title: string;
  readonly cell: (item: T) => Span;
  /** Cells it needs at least. */
  readonly min: number;
  /** Share of the cells that are left over; without one it stays at its minimum. */
  readonly grow?: number;
  /** `decimal` puts the points under each other, whatever number of places each text has. */
  readonly align?: "left" | "right" | "decimal";
  /** Columns with the highest number go first when the row is too narrow; without one it stays. */
  readonly giveUp?: number;
}

const GAP = 1;

/** A header and one row per item over `width` cells; columns that do not fit are left out, least important first. */
export function table<T>(columns: readonly Column<T>[], items: readonly T[], width: number, cursor?: number): Block {
  const shown = chooseColumns(columns, width);
  const widths = shareWidth(shown, width);
  const places = shown.map(({ align, cell }) =>
    align === "decimal" ? Math.max(0, ...items.map((item) => placesOf(cell(item).text))) : 0,
  );
  const row = (cellOf: (column: Column<T>) => Span): Line =>
    shown.flatMap((column, index) => [
      ...(index > 0 ? [{ text: " ".repeat(GAP) }] : []),
      ...aligned(withPlaces(cellOf(column), places[index]!), widths[index]!, column.align ?? "left"),
    ]);
  return [
    row(({ title }) => ({ text: title, role: "muted" })),
    ...items.map((item, index) => {
      const cells = row(({ cell }) => cell(item));
      return index === cursor ? onGround(fitTo(cells, width), "cursor") : cells;
    }),
  ];
}

function chooseColumns<T>(columns: readonly Column<T>[], width: number): readonly Column<T>[] {
  const shown = [...columns];
  const rank = (column: Column<T>) => column.giveUp ?? 0;
  while (shown.reduce((sum, { min }) => sum + min + GAP, -GAP) > width) {
    const worst = shown.reduce((least, column) => (rank(column) > rank(least) ? column : least));
    if (rank(worst) === 0) break;
    shown.splice(shown.indexOf(worst), 1);
  }
  return shown;
}

function shareWidth<T>(columns: readonly Column<T>[], width: number): number[] {
  const free = Math.max(0, width - columns.reduce((sum, { min }) => sum + min + GAP, -GAP));
  const shares = columns.reduce((sum, { grow = 0 }) => sum + grow, 0);
  return columns.map(({ min, grow = 0 }) => min + (shares === 0 ? 0 : Math.floor((free * grow) / shares)));
}

/** Cells from the point of a number to its end; none in a whole number, and in a word. */
function placesOf(text: string): number {
  const point = text.lastIndexOf(".");
  return point < 0 || !/\d$/.test(text) ? 0 : text.length - point;
}

function withPlaces(cell: Span, places: number): Span {
  const missing = /\d$/.test(cell.text) ? places - placesOf(cell.text) : 0;
  return missing > 0 ? { ...cell, text: cell.text + " ".repeat(missing) } : cell;
}

function aligned(cell: Span, width: number, align: NonNullable<Column<unknown>["align"]>): Line {
  const missing = width - lineWidth([cell]);
  if (align !== "left" && missing > 0) return [{ text: " ".repeat(missing) }, cell];
  return fitTo([cell], width);
}
