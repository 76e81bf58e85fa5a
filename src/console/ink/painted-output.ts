import type { ScreenPaint } from "./screen-paint.ts";

/** The terminal as Ink sees it: `write` puts the rows in place. Everything else is the terminal's own. */
export function paintedOutput(terminal: NodeJS.WriteStream, paint: ScreenPaint): NodeJS.WriteStream {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const painted = typeof chunk === "string" ? paint.expand(chunk) : chunk;
    return Reflect.apply(terminal.write, terminal, [painted, ...rest]) as boolean;
  };
  return new Proxy(terminal, {
    get(target, property) {
      if (property === "write") return write;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
