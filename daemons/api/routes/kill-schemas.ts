import { z } from "zod";
import { LEVELS } from "../../../src/trading/level.ts";

// What the kill switch answers with, field by field: evidence that a program cannot read is none to it.

const level = z.enum(LEVELS);
const names = z.array(z.string());
const ms = z.number().describe("milliseconds");

const scopeStatus = z.strictObject({
  scope: z.string(),
  level,
  since: z.int().describe("the epoch that set it"),
  by: z.string().optional(),
  reason: z.string().optional(),
  at: z.string().optional().describe("ISO 8601"),
});

const workerStatus = z.strictObject({
  worker: z.string(),
  epoch: z.int(),
  level,
  lastSent: z.int(),
  partitions: names,
  unresolved: z.int().describe("orders of which nobody knows whether they reached the venue"),
  live: z.boolean().describe("whether it may hold a permit now"),
  buildHash: z.string(),
  configHash: z.string(),
  certificateAgeMs: ms.optional(),
});

const armRequest = z.strictObject({
  id: z.int(),
  scope: z.string(),
  since: z.int(),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: z.number().describe("milliseconds since the epoch, UTC"),
  armedEpoch: z.int().optional(),
});

export const killStatusSchema = z
  .strictObject({
    level,
    epoch: z.int().optional(),
    scopes: z.array(scopeStatus),
    stores: z.array(z.strictObject({ store: z.string(), says: z.string() })),
    workers: z.array(workerStatus),
    missing: names.describe("stores that are silent or empty"),
    hostLoss: z
      .strictObject({
        stayLive: z.int().describe("orders that go on resting at the venue"),
        withdrawn: z.int().describe("orders that the venue's own switch withdraws"),
        withinMs: ms.optional(),
        words: z.string(),
      })
      .optional()
      .describe("what becomes of our orders if that host dies now; left out when nobody can be asked"),
    requests: z.array(armRequest).describe("arms that wait for a second person"),
    next: names.describe("what a person can do now, most urgent first"),
  })
  .meta({ id: "KillStatus", description: "The level that holds, who says so, and who obeys it" });

const storeEvidence = z.strictObject({
  store: z.string(),
  accepted: z.boolean(),
  changed: z.boolean().optional(),
  error: z.string().optional(),
});

const workerEvidence = z.strictObject({
  worker: z.string(),
  by: z.enum(["store", "socket", "expired", "none"]).describe("how it is known to obey"),
  epoch: z.int().optional(),
  lastSent: z.int().optional(),
  afterMs: ms.optional(),
});

const position = z.strictObject({ instrument: z.string(), quantity: z.number() });

const accountEvidence = z.strictObject({
  venue: z.string(),
  account: z.string(),
  ordersBefore: names,
  canceled: names,
  filledWhileCancelling: names,
  ordersAfter: names,
  foreign: names.describe("open orders of the account that are not ours"),
  positionsBefore: z.array(position),
  positionsAfter: z.array(position),
  snapshotAt: z.string().optional().describe("the venue's time of the last look"),
  proven: z.boolean(),
  error: z.string().optional(),
});

export const killReportSchema = z
  .strictObject({
    commandId: z.string(),
    scope: z.string(),
    level,
    epoch: z.int().optional(),
    reason: z.string(),
    verdict: z.enum([
      "verified",
      "unacknowledged",
      "residual-orders",
      "residual-position",
      "not-stored",
      "interrupted",
    ]),
    doubts: names.describe("why it is not verified"),
    held: names.describe("other scopes that are held beside this one"),
    since: z
      .strictObject({ by: z.string(), at: z.string().describe("ISO 8601"), reason: z.string() })
      .optional()
      .describe("whose kill holds the scope, where another one did so before"),
    stores: z.array(storeEvidence),
    workers: z.array(workerEvidence),
    accounts: z.array(accountEvidence),
    ordersAfter: z.int().optional().describe("left out when no venue could be asked"),
    propagationMs: ms.optional(),
    durationMs: ms,
    journal: z.int().optional().describe("row of the journal with this report"),
  })
  .meta({ id: "KillReport", description: "What became of a kill, with the evidence for it" });

export const armedSchema = z
  .strictObject({
    outcome: z.literal("armed"),
    scope: z.string(),
    level: z.literal("RUN"),
    epoch: z.int(),
    changed: z.boolean(),
    status: killStatusSchema,
  })
  .meta({ id: "Armed" });

export const armWaitsSchema = z
  .strictObject({
    outcome: z.literal("waiting"),
    scope: z.string(),
    request: z.int(),
    epoch: z.int(),
    status: killStatusSchema,
  })
  .meta({ id: "ArmWaits" });
