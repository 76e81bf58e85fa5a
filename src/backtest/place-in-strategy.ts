/** A frame of a module that was loaded as a strategy: its address carries the hash of its text. */
const STRATEGY_FRAME = /(?:^|\()(?:file:\/\/(.+?)\?[0-9a-f]{64}|(ttt-strategy):[0-9a-f]{64}\.ts):(\d+):(\d+)\)?$/;

/**
 * The frames of a strategy's own file in the stack of what it threw, as `see strategy.ts:12:7 < strategy.ts:30:3`,
 * innermost first. The whole stack when none of it is the strategy's; undefined for what is no error.
 */
export function placeInStrategy(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return undefined;
  const places = thrown.stack.split("\n").flatMap((line) => {
    const frame = STRATEGY_FRAME.exec(line.trim().replace(/^at /, ""));
    return frame === null
      ? []
      : [`${frame[1] === undefined ? "line " : `${decodeURI(frame[1])}:`}${frame[3]}:${frame[4]}`];
  });
  return places.length === 0 ? thrown.stack : `see ${places.join(" < ")}`;
}
