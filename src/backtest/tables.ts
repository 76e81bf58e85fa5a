import type { Trade } from "./result.ts";
import type { StoredCurve } from "./run-record.ts";
import { isDone, type Trial } from "./sweep/trial.ts";

type Value = number | string | boolean | null;

/** Rows as columns of equal length. Times are ISO texts, UTC. */
export interface Table {
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly Value[]>>;
}

const TRADE_COLUMNS = [
  "symbol",
  "entryBar",
  "exitBar",
  "entryTime",
  "exitTime",
  "entryPrice",
  "exitPrice",
  "size",
  "pnl",
  "returnFraction",
  "commission",
  "financing",
  "exitReason",
  "sl",
  "tp",
  "tag",
] as const satisfies readonly (keyof Trade)[];

export function tradesTable(trades: readonly Trade[]): Table {
  const value = (trade: Trade, name: (typeof TRADE_COLUMNS)[number]): Value =>
    name === "entryTime" || name === "exitTime" ? new Date(trade[name]).toISOString() : (trade[name] ?? null);
  return { rows: trades.length, columns: columnsOf(TRADE_COLUMNS, trades, value) };
}

export function equityTable({ time, equity }: StoredCurve): Table {
  const times = Array.from(time, (ms) => new Date(ms).toISOString());
  return { rows: time.length, columns: { time: times, equity: Array.from(equity) } };
}

/** One row for each run of a sweep: its parameters, its measures, or the code and message of its error. */
export function trialsTable(trials: readonly Trial[]): Table {
  const params = Object.keys(trials[0]?.params ?? {});
  const first = trials.find(isDone);
  const measures = Object.keys(first ?? {}).filter((name) => name !== "index" && name !== "params");
  const value = (trial: Trial, name: string): Value => {
    if (name in trial.params) return trial.params[name]!;
    if (name === "error") return isDone(trial) ? null : trial.error.code;
    if (name === "message") return isDone(trial) ? null : trial.error.message;
    return (trial as unknown as Record<string, Value>)[name] ?? null;
  };
  return {
    rows: trials.length,
    columns: columnsOf(["index", ...params, ...measures, "error", "message"], trials, value),
  };
}

function columnsOf<Row, Name extends string>(
  names: readonly Name[],
  rows: readonly Row[],
  value: (row: Row, name: Name) => Value,
): Record<string, Value[]> {
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => value(row, name))]));
}

/** RFC 4180, numbers in full precision, nothing where there is no value. */
export function csvOf({ rows, columns }: Table): string {
  const names = Object.keys(columns);
  const lines = [names.join(",")];
  for (let row = 0; row < rows; row++) lines.push(names.map((name) => cell(columns[name]![row]!)).join(","));
  return `${lines.join("\n")}\n`;
}

function cell(value: Value): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
