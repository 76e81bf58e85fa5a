import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { BarColumns } from "../../src/trading/bar.ts";
import { emptyBars } from "./bars.ts";

/** The folder of recorded reference runs: `TTT_GOLDEN`, or shared/golden beside the repository or above it. */
export function goldenFolder(): string | undefined {
  const named = process.env.TTT_GOLDEN;
  if (named !== undefined && existsSync(join(named, "index.json"))) return named;
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, "shared", "golden");
    if (existsSync(join(candidate, "index.json"))) return candidate;
  }
  return undefined;
}

export interface GoldenAction {
  readonly bar: number;
  readonly do: "buy" | "sell" | "position.close" | "trade.close" | "trade.sl=" | "trade.tp=" | "cancel";
  readonly size?: number | null;
  readonly limit?: number | null;
  readonly stop?: number | null;
  readonly sl?: number | null;
  readonly tp?: number | null;
  readonly tag?: string | number | null;
  readonly portion?: number;
  readonly k?: number;
  readonly price?: number | string | null;
}

export interface GoldenTrade {
  readonly size: number;
  readonly entry_bar: number;
  readonly exit_bar: number;
  readonly entry_price: number;
  readonly exit_price: number;
  readonly pnl: number;
  readonly commission: number;
  readonly return_pct: number;
  readonly tag: string | number | null;
}

export interface GoldenCase {
  readonly id: string;
  readonly dataset: string;
  readonly csv: string;
  readonly bars: number;
  /** First bar at which the strategy was called. */
  readonly first_next_bar: number;
  readonly settings: {
    readonly cash: number;
    readonly spread: number;
    readonly commission: number | readonly [number, number] | string;
    readonly margin: number;
    readonly trade_on_close: boolean;
    readonly hedging: boolean;
    readonly exclusive_orders: boolean;
    readonly finalize_trades: boolean;
    readonly fractional_unit?: number;
  };
  readonly params: Readonly<Record<string, number | null>>;
  readonly trades: readonly GoldenTrade[];
  readonly open_trades_at_end: readonly Omit<GoldenTrade, "exit_bar" | "exit_price">[];
  readonly pending_orders_at_end: readonly unknown[];
  readonly actions: readonly GoldenAction[];
  readonly warnings: readonly string[];
  readonly strategy: string;
}

export function goldenIds(folder: string): string[] {
  const index: { id: string }[] = readJson(join(folder, "index.json"));
  return index.map(({ id }) => id);
}

export function goldenCase(folder: string, id: string): GoldenCase {
  return readJson(join(folder, "cases", `${id}.json`));
}

export function goldenEquity(folder: string, id: string): number[] {
  return readJson<{ equity: number[] }>(join(folder, "equity", `${id}.json`)).equity;
}

const parsed = new Map<string, BarColumns>();

/** The bars of a CSV with the header `,Open,High,Low,Close,Volume`, plain or gzipped. */
export function goldenBars(folder: string, csv: string): BarColumns {
  const path = join(folder, csv);
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const bytes = readFileSync(path);
  const rows = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trim().split("\n").slice(1);
  const columns = emptyBars(rows.length);
  for (const [i, row] of rows.entries()) {
    const [time, open, high, low, close, volume] = row.split(",");
    columns.time[i] = Date.parse(time!.length <= 10 ? time! : `${time!.replace(" ", "T")}Z`);
    columns.open[i] = Number(open);
    columns.high[i] = Number(high);
    columns.low[i] = Number(low);
    columns.close[i] = Number(close);
    columns.volume[i] = Number(volume);
  }
  parsed.set(path, columns);
  return columns;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8"));
}
