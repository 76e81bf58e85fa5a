import { type Block, fill } from "../view/block.ts";
import { fitTo, type Line, line, lineWidth } from "../view/line.ts";
import { footer } from "./footer.ts";
import { header, tabs } from "./header.ts";
import type { ConsoleModel } from "./model.ts";
import { SCREENS } from "./screens.ts";
import { arrange, unroll } from "./section.ts";
import { sheet } from "./sheet.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Below this there is no room to show what must be shown. */
const SMALLEST: Size = { columns: 40, rows: 10 };
/** Rows that are not the screen's own: header, tabs, footer. */
const FRAME_ROWS = 3;

/** The whole terminal: exactly `rows` lines of at most `columns` cells. */
export function drawFrame(model: ConsoleModel, size: Size): Block {
  const { columns, rows } = size;
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return tooSmall(size);
  const over = sheet(model, columns, rows - FRAME_ROWS);
  const body = arrange(SCREENS[model.state.screen].sections(model), columns, rows - FRAME_ROWS - over.length);
  const all = [header(model, columns), tabs(model, columns), ...body, ...over, footer(model, columns)];
  // A row that is one cell too long would scroll the whole screen.
  return all.map((one) => (lineWidth(one) > columns ? fitTo(one, columns) : one));
}

/** The same as text to read from top to bottom, whatever the terminal: for pipes, mail and screen readers. */
export function drawPlain(model: ConsoleModel, width: number): Block {
  return [header(model, width), [], ...unroll(SCREENS[model.state.screen].sections(model), width)];
}

/** Rows that a page of the screen's list has: what `page-down` moves by. */
export function pageRows({ rows }: Size): number {
  return Math.max(1, rows - FRAME_ROWS - 3);
}

function tooSmall({ columns, rows }: Size): Block {
  const text: Line[] = [
    line("Too small:"),
    line(`${columns}x${rows}, needs ${SMALLEST.columns}x${SMALLEST.rows}.`),
    line("ttt kill works", "accent"),
    line("in any terminal.", "accent"),
  ];
  return fill(
    text.map((one) => fitTo(one, columns)),
    rows,
  );
}
