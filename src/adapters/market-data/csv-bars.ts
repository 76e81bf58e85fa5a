import { readFileSync } from "node:fs";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { BarColumns } from "../../trading/bar.ts";

const NAMES = ["open", "high", "low", "close", "volume"] as const;

/** Bars of a CSV file: a time in the first column, then open, high, low, close and volume by their header names. */
export function readCsvBars(path: string): BarColumns {
  const [header = "", ...lines] = readText(path).trim().split(/\r?\n/);
  const names = header.split(",").map((name) => name.trim().toLowerCase());
  const at = NAMES.map((name) => names.indexOf(name));
  if (at.some((index) => index < 0) || lines.length === 0) {
    throw badData(path, 1, `a header with ${NAMES.join(", ")} and at least one bar`, header);
  }
  const columns = (["time", ...NAMES] as const).map(() => new Float64Array(lines.length));
  for (const [row, line] of lines.entries()) {
    const cells = line.split(",");
    const time = Date.parse(isoOf(cells[0] ?? ""));
    const values = [time, ...at.map((index) => Number(cells[index]))];
    if (values.some((value) => !Number.isFinite(value))) throw badData(path, row + 2, "a time and five numbers", line);
    for (const [slot, value] of values.entries()) columns[slot]![row] = value;
  }
  const [time, open, high, low, close, volume] = columns;
  return { time: time!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new OperatorError(`The data file ${path} cannot be read.`, {
      exit: "notFound",
      code: "DATA_FILE_ABSENT",
      found: messageOf(cause),
      cause,
    });
  }
}

/** A date without a zone is UTC. */
const isoOf = (text: string) => (/^\d{4}-\d\d-\d\d \d/.test(text) ? `${text.replace(" ", "T")}Z` : text);

function badData(path: string, line: number, expected: string, found: string): OperatorError {
  return new OperatorError(`${path}, line ${line} is not a bar.`, {
    exit: "badData",
    code: "BAR_MALFORMED",
    expected,
    found,
  });
}
