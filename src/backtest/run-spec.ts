import { z } from "zod";
import { LIMITS, type LimitName } from "../trading/risk/limits.ts";
import type { CalendarChoice } from "./data/calendar.ts";
import { MARKETS } from "./data/detect-market.ts";
import type { BacktestSpec } from "./spec.ts";
import { CONVENTIONS } from "./statistics/convention.ts";

/**
 * One backtest as data: everything that decides its result, and nothing else. The command line makes it, the job queue
 * carries it, and both run it to the same bytes.
 */
export interface RunSpec {
  /** Name of a built-in strategy, or path of a strategy file. */
  readonly strategy: string;
  /** Text of the strategy file, when the one who runs it may not have the file. */
  readonly source?: string | undefined;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** One entry for each instrument; the first is the strategy's own. */
  readonly data: readonly DataRef[];
  /** Only bars with from <= time < to, milliseconds since the epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Cash, costs and rules; see spec.ts. */
  readonly options: BacktestSpec;
  /** Whose definitions the statistics follow. */
  readonly convention: (typeof CONVENTIONS)[number];
  /** What alpha and beta are measured against; the first instrument itself when left out. */
  readonly benchmark?: DataRef | undefined;
  /** When the market trades, or its trading days of a year; read off the bars when left out. */
  readonly calendar?: CalendarChoice | undefined;
}

export interface DataRef {
  /** Name in the data store, or path of a file. */
  readonly ref: string;
  /** Name of the instrument; the last part of `ref` when left out. */
  readonly symbol?: string | undefined;
  /** Finer bars of the same instrument, to resolve what happened within a bar. */
  readonly finer?: string | undefined;
  /** The hash that the bars must have: a run on other data than was meant fails. */
  readonly hash?: string | undefined;
}

const cost = z.number().finite();
const fraction = z.number().min(0).max(1);

const commissionSchema = z.union([
  cost,
  z.strictObject({
    fixed: cost.exactOptional(),
    rate: cost.exactOptional(),
    makerRate: cost.exactOptional(),
    perUnit: cost.exactOptional(),
    minimum: cost.exactOptional(),
    maximum: cost.exactOptional(),
    tiers: z
      .array(z.strictObject({ from: z.number().min(0), rate: cost, makerRate: cost.exactOptional() }))
      .exactOptional(),
  }),
]);

const slippageSchema = z.union([
  cost,
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("fixed"), amount: z.number().min(0) }),
    z.strictObject({ kind: z.literal("relative"), fraction: z.number().min(0) }),
    z.strictObject({ kind: z.literal("volume-share"), impact: z.number().min(0), limit: fraction.exactOptional() }),
  ]),
]);

const financingSchema = z.strictObject({
  borrowRate: z.number().min(0).exactOptional(),
  funding: z.strictObject({ rate: cost, everyMs: z.number().positive() }).exactOptional(),
});

const instrumentSchema = z.strictObject({
  lot: z.number().positive().exactOptional(),
  multiplier: z.number().positive().exactOptional(),
});

const riskSchema = z.strictObject({
  limits: z.partialRecord(z.enum(Object.keys(LIMITS) as LimitName[]), z.number().min(0)),
  tickSize: z
    .string()
    .regex(/^\d*\.?\d+(e-?\d+)?$/i)
    .exactOptional(),
});

export const optionsSchema: z.ZodType<BacktestSpec> = z.strictObject({
  cash: z.number().positive().exactOptional(),
  commission: commissionSchema.exactOptional(),
  spread: z.number().min(0).exactOptional(),
  slippage: slippageSchema.exactOptional(),
  financing: financingSchema.exactOptional(),
  latencyBars: z.int().min(0).exactOptional(),
  timezone: z.string().exactOptional(),
  volumeShare: z.number().positive().max(1).exactOptional(),
  leverage: z.number().positive().exactOptional(),
  maintenanceMargin: z.number().min(0).exactOptional(),
  positions: z.enum(["netting", "hedging"]).exactOptional(),
  exclusive: z.boolean().exactOptional(),
  fill: z.enum(["open", "close"]).exactOptional(),
  limitFill: z.enum(["touch", "through"]).exactOptional(),
  finalize: z.boolean().exactOptional(),
  instruments: z.record(z.string(), instrumentSchema).exactOptional(),
  risk: riskSchema.exactOptional(),
  seed: z.int().exactOptional(),
  checked: z.boolean().exactOptional(),
  compat: z.enum(["ttt", "backtesting.py"]).exactOptional(),
});

const dataRefSchema: z.ZodType<DataRef> = z.strictObject({
  ref: z.string().min(1),
  symbol: z.string().min(1).optional(),
  finer: z.string().min(1).optional(),
  hash: z.string().optional(),
});

const runSpecShape = {
  strategy: z.string().min(1),
  source: z.string().optional(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  data: z.array(dataRefSchema).min(1),
  from: z.number().optional(),
  to: z.number().optional(),
  options: optionsSchema.default({}),
  convention: z.enum(CONVENTIONS).default("ttt"),
  benchmark: dataRefSchema.optional(),
  calendar: z.union([z.enum(MARKETS), z.number().positive().max(366)]).optional(),
};

/** Checks a specification that comes from outside. */
export const runSpecSchema: z.ZodType<RunSpec> = z.strictObject(runSpecShape);

const oneDataset = z
  .string()
  .min(1)
  .transform((ref) => [{ ref }]);

/** The same as people write it: `"data": "btc-1m"` is short for a list of one. */
export const writtenRunSpecSchema: z.ZodType<RunSpec> = z.strictObject({
  ...runSpecShape,
  data: z.union([runSpecShape.data, oneDataset]).describe("a list, or the name of the one dataset"),
});
