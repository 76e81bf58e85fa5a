/** A line longer than this is a mistake or an attack, not a message. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Splits a stream of text into lines, with a bound. Calls `onTooLong` once and then stays silent. */
export function lineSplitter(onLine: (line: string) => void, onTooLong: () => void): (chunk: string) => void {
  let rest = "";
  let over = false;
  return (chunk) => {
    if (over) return;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line);
    if (rest.length <= LONGEST_LINE) return;
    over = true;
    rest = "";
    onTooLong();
  };
}
