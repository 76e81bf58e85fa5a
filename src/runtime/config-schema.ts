import { en } from "zod/locales";
import * as z from "zod/mini";
import type { ProbeSpec } from "../ops/probe.ts";
import { API_PROBES } from "../ops/stack.ts";
import { contactsSchema } from "./contact-schema.ts";
import { probesSchema } from "./probe-schema.ts";

/** What a leaf says about itself beside its type. */
export interface LeafMeta {
  readonly env?: string;
  readonly secret?: boolean;
  readonly description: string;
}

// The small form of zod speaks no language by itself.
z.config(en());

/** The leaves' own words. The small form of zod and a registry: every command builds this schema when it starts. */
export const settingsMeta = z.registry<LeafMeta>();

function setting<T extends z.ZodMiniType>(schema: T, description: string, more: Omit<LeafMeta, "description"> = {}): T {
  settingsMeta.add(schema, { description, ...more });
  return schema;
}

const probes = (ofWhom: string, builtIn: readonly ProbeSpec[] = []) =>
  setting(
    z._default(probesSchema, [...builtIn]),
    `what is asked of ${ofWhom} from outside: a list of {for, http or tcp or exec, everyMs, timeoutMs, good, bad}`,
  );

/**
 * Every setting of ttt. A leaf `worker.count` is also read from the environment as TTT_WORKER_COUNT, unless its
 * metadata names another variable; `secret` keeps a value out of every display and log.
 */
export const configSchema = z.strictObject({
  database: z.strictObject({
    url: setting(z.optional(z.string()), "PostgreSQL of the services profile", { env: "DATABASE_URL", secret: true }),
  }),
  redis: z.strictObject({
    url: setting(z.optional(z.string()), "Redis of the services profile", { env: "REDIS_URL", secret: true }),
  }),
  amqp: z.strictObject({
    url: setting(z.optional(z.string()), "RabbitMQ of the services profile", { env: "AMQP_URL", secret: true }),
  }),
  api: z.strictObject({
    host: setting(z._default(z.string(), "127.0.0.1"), "address the API listens on"),
    port: setting(
      z._default(z.int().check(z.minimum(0), z.maximum(65535)), 0),
      "port of the API; 0 takes a free one and keeps it",
    ),
    hosts: setting(z._default(z.string(), ""), "more names under which the API is reached, by ','"),
    url: setting(z.optional(z.string()), "for clients: the address of an API elsewhere"),
    token: setting(z.optional(z.string()), "for clients: the token to speak to it", { secret: true }),
    probes: probes("the API", API_PROBES),
    memoryMb: setting(
      z._default(z.int().check(z.minimum(0)), 1_024),
      "megabytes the API may use before it is ended in good order and started anew; 0 for no bound",
    ),
  }),
  worker: z.strictObject({
    count: setting(z._default(z.int().check(z.minimum(0), z.maximum(64)), 1), "how many workers run"),
    probes: probes("each worker"),
    memoryMb: setting(
      z._default(z.int().check(z.minimum(0)), 1_024),
      "megabytes a worker may use before it is ended in good order and started anew; 0 for no bound",
    ),
  }),
  trading: z.strictObject({
    partitions: setting(
      z._default(z.string(), ""),
      "what is traded: STRATEGY@INSTRUMENT[:ACCOUNT][?param=value&...], several by ';'; empty trades sma-cross",
    ),
    cash: setting(
      z._default(z.number().check(z.positive()), 100_000),
      "cash an account starts with on the paper venue",
    ),
    armApproval: setting(
      z._default(z.enum(["one-person", "two-persons"]), "one-person"),
      "who lets a whole account, venue or everything trade again: with two-persons one asks and another approves; one-person only for paper money",
    ),
    riskOperators: setting(
      z._default(z.string(), ""),
      "accounts of the operating system with the role risk, which arming needs, by ','; empty: whoever can read the state directory",
    ),
    restricted: setting(
      z._default(z.string(), ""),
      "instruments of the venue that are not traded, not even to close a position, by ','",
    ),
    approvedBuild: setting(
      z._default(z.string(), ""),
      "the one build that may trade, by the hash that every decision names; empty: whichever runs",
    ),
    limitApproval: setting(
      z._default(z.enum(["one-person", "two-persons"]), "one-person"),
      "who approves a wider risk limit: with two-persons never the one who asked; one-person only for paper money",
    ),
  }),
  venue: z.strictObject({
    name: setting(
      z._default(z.enum(["paper", "ccxt"]), "paper"),
      "where trading goes: the paper venue, or an exchange through ccxt",
    ),
    deadManMs: setting(
      z._default(z.int().check(z.minimum(1_000), z.maximum(600_000)), 60_000),
      "how long a venue waits for a sign of life before it cancels by itself, milliseconds; given a quarter of it before",
    ),
    exchange: setting(z._default(z.string(), "binanceusdm"), "which exchange, by ccxt's name"),
    live: setting(
      z._default(z.enum(["no", "yes"]), "no"),
      "yes trades real money at the exchange, and needs TTT_CONFIRM_LIVE=<exchange> in the environment too; no trades in the exchange's test environment",
    ),
    instruments: setting(
      z._default(z.string(), "BTC/USDT:USDT tick 0.1 lot 0.001"),
      "what is traded at the exchange: SYMBOL tick STEP lot STEP, several by ';'; BTC/USDT:USDT is traded as BTC-USDT",
    ),
    interval: setting(z._default(z.string(), "1m"), "length of the exchange's bars: 1m, 5m, 1h"),
    apiKey: setting(z.optional(z.string()), "key of the account at the exchange", { secret: true }),
    secret: setting(z.optional(z.string()), "secret of that key", { secret: true }),
    origin: setting(
      z._default(z.string(), ""),
      "speaks to this address instead of the exchange's own: a proxy; empty for the exchange",
    ),
    timeoutMs: setting(
      z._default(z.int().check(z.minimum(100), z.maximum(30_000)), 3_000),
      "how long an answer of the exchange may take, milliseconds",
    ),
    pollMs: setting(
      z._default(z.int().check(z.minimum(20), z.maximum(60_000)), 1_000),
      "how often the exchange is asked for bars, and for orders while it does not report them itself, milliseconds",
    ),
  }),
  paper: z.strictObject({
    address: setting(
      z._default(z.string(), ""),
      "where the paper venue listens: HOST:PORT; empty for a socket in the state directory",
    ),
    data: setting(
      z._default(z.string(), ""),
      "CSV file of the bars that the paper venue replays; empty for synthetic ones",
    ),
    instruments: setting(
      z._default(z.string(), ""),
      "what it lists, by ','; empty for the name of the data file, or SYN-USD",
    ),
    lotSize: setting(z._default(z.string(), "1"), "smallest quantity step of its instruments"),
    barsPerSecond: setting(
      z._default(z.number().check(z.minimum(0)), 20),
      "how fast the market moves; 0 as fast as the workers follow",
    ),
    pace: setting(
      z._default(z.enum(["lockstep", "clock"]), "lockstep"),
      "lockstep waits for the workers before each bar; clock does not",
    ),
    probes: probes("the paper venue"),
    atEnd: setting(z._default(z.enum(["hold", "repeat"]), "hold"), "what follows the last bar of the data"),
    memoryMb: setting(
      z._default(z.int().check(z.minimum(0)), 1_024),
      "megabytes the paper venue may use before it is ended in good order and started anew; 0 for no bound",
    ),
    seed: setting(z._default(z.int(), 1), "seed of the synthetic bars"),
    feeRate: setting(
      z._default(z.number().check(z.minimum(0), z.maximum(0.1)), 0),
      "fee as a part of the traded value",
    ),
  }),
  backtester: z.strictObject({
    count: setting(z._default(z.int().check(z.minimum(0), z.maximum(64)), 1), "how many backtesters run"),
    probes: probes("each backtester"),
    memoryMb: setting(
      z._default(z.int().check(z.minimum(0)), 4_096),
      "megabytes a backtester with its jobs may use before it is ended in good order and started anew; 0 for no bound",
    ),
  }),
  incident: z.strictObject({
    contacts: setting(
      z._default(contactsSchema, []),
      "who hears of incidents: a list of {name, audience, channel, to, severity, afterSeconds}",
    ),
    smtpUrl: setting(z.optional(z.string()), "mail server for incidents: smtp://user:password@host:587", {
      secret: true,
    }),
    mailFrom: setting(z._default(z.string(), "ttt@localhost"), "sender of mail about incidents"),
  }),
  console: z.strictObject({
    keys: setting(
      z._default(z.string(), ""),
      "other keys for the console: COMMAND=KEY[,KEY...], several by ';', as in kill=X;quit=ctrl-q",
    ),
  }),
  metrics: z.strictObject({
    host: setting(z._default(z.string(), "127.0.0.1"), "address each daemon shows its metrics on"),
    port: setting(
      z._default(z.int().check(z.minimum(0), z.maximum(65535)), 0),
      "port of the metrics; 0 takes a free one for each daemon",
    ),
  }),
  prometheus: z.strictObject({
    url: setting(z.optional(z.string()), "address of Prometheus, for `ttt metrics`"),
  }),
  alertmanager: z.strictObject({
    url: setting(z.optional(z.string()), "address of Alertmanager, for `ttt alerts`"),
  }),
  traces: z.strictObject({
    url: setting(z.optional(z.string()), "address of Tempo or Jaeger, for `ttt trace`"),
  }),
  log: z.strictObject({
    level: setting(z._default(z.enum(["debug", "info", "warn", "error"]), "info"), "the least level that is written"),
    maxBytes: setting(z._default(z.int().check(z.minimum(10_000)), 10_000_000), "size at which a log file is rotated"),
    maxFiles: setting(z._default(z.int().check(z.minimum(1), z.maximum(100)), 5), "how many rotated files are kept"),
  }),
});

export type Settings = z.output<typeof configSchema>;
