import type { RowPaint } from "./row-paint.ts";

/** A row is one character to Ink. It prepares a cell for every column of every row before each frame. */
const INK_COLUMNS = 2;

/**
 * The terminal as Ink sees it: as narrow as its rows are to Ink, and `write` puts the rows in place. Everything else
 * is the terminal's own.
 */
export function paintedOutput(terminal: NodeJS.WriteStream, paint: RowPaint): NodeJS.WriteStream {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const painted = typeof chunk === "string" ? paint.expand(chunk) : chunk;
    return Reflect.apply(terminal.write, terminal, [painted, ...rest]) as boolean;
  };
  return new Proxy(terminal, {
    get(target, property) {
      if (property === "write") return write;
      if (property === "columns") return INK_COLUMNS;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
