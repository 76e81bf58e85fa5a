import { z } from "zod";

/**
 * Every setting of ttt. A leaf `worker.count` is also read from the environment as TTT_WORKER_COUNT, unless its
 * metadata names another variable; `secret` keeps a value out of every display and log.
 */
export const configSchema = z.strictObject({
  database: z.strictObject({
    url: z
      .string()
      .optional()
      .meta({ env: "DATABASE_URL", secret: true })
      .describe("PostgreSQL of the services profile"),
  }),
  redis: z.strictObject({
    url: z.string().optional().meta({ env: "REDIS_URL", secret: true }).describe("Redis of the services profile"),
  }),
  amqp: z.strictObject({
    url: z.string().optional().meta({ env: "AMQP_URL", secret: true }).describe("RabbitMQ of the services profile"),
  }),
  api: z.strictObject({
    host: z.string().default("127.0.0.1").describe("address the API listens on"),
    port: z.int().min(0).max(65535).default(0).describe("port of the API; 0 takes a free one and keeps it"),
    hosts: z.string().default("").describe("more names under which the API is reached, by ','"),
    url: z.string().optional().describe("for clients: the address of an API elsewhere"),
    token: z.string().optional().meta({ secret: true }).describe("for clients: the token to speak to it"),
  }),
  worker: z.strictObject({
    count: z.int().min(0).max(64).default(1).describe("how many workers run"),
  }),
  trading: z.strictObject({
    partitions: z
      .string()
      .default("")
      .describe(
        "what is traded: STRATEGY@INSTRUMENT[:ACCOUNT][?param=value&...], several by ';'; empty trades sma-cross",
      ),
    cash: z.number().positive().default(100_000).describe("cash an account starts with on the paper venue"),
  }),
  paper: z.strictObject({
    address: z
      .string()
      .default("")
      .describe("where the paper venue listens: HOST:PORT; empty for a socket in the state directory"),
    data: z
      .string()
      .default("")
      .describe("CSV file of the bars that the paper venue replays; empty for synthetic ones"),
    instruments: z
      .string()
      .default("")
      .describe("what it lists, by ','; empty for the name of the data file, or SYN-USD"),
    lotSize: z.string().default("1").describe("smallest quantity step of its instruments"),
    barsPerSecond: z.number().min(0).default(20).describe("how fast the market moves; 0 as fast as the workers follow"),
    pace: z
      .enum(["lockstep", "clock"])
      .default("lockstep")
      .describe("lockstep waits for the workers before each bar; clock does not"),
    atEnd: z.enum(["hold", "repeat"]).default("hold").describe("what follows the last bar of the data"),
    seed: z.int().default(1).describe("seed of the synthetic bars"),
    feeRate: z.number().min(0).max(0.1).default(0).describe("fee as a part of the traded value"),
  }),
  backtester: z.strictObject({
    count: z.int().min(0).max(64).default(1).describe("how many backtesters run"),
  }),
  metrics: z.strictObject({
    host: z.string().default("127.0.0.1").describe("address each daemon shows its metrics on"),
    port: z.int().min(0).max(65535).default(0).describe("port of the metrics; 0 takes a free one for each daemon"),
  }),
  log: z.strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("the least level that is written"),
    maxBytes: z.int().min(10_000).default(10_000_000).describe("size at which a log file is rotated"),
    maxFiles: z.int().min(1).max(100).default(5).describe("how many rotated files are kept"),
  }),
});

export type Settings = z.output<typeof configSchema>;

/** What a leaf says about itself beside its type. */
export interface LeafMeta {
  readonly env?: string;
  readonly secret?: boolean;
  readonly description?: string;
}
