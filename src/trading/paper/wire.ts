import { z } from "zod";

// What the paper venue and its clients say to each other: one JSON object a line. A client sends requests with an id
// of its own; the venue answers each with `re`, and sends pushes in between. Prices and quantities are numbers with the
// decimals of the instrument's steps; times are milliseconds since the epoch, UTC, by the venue's clock.

const id = z.string().min(1).max(128);

/** Which orders a request is about: those whose every named part is equal. An empty selection is every order. */
export const selectionSchema = z.strictObject({
  account: id.optional(),
  strategy: id.optional(),
  instrument: id.optional(),
  worker: id.optional(),
});
export type Selection = z.output<typeof selectionSchema>;

/** An order as it is sent. The tags say whose it is (strategy, worker, token ...); the venue keeps and returns them. */
export const orderTicketSchema = z.strictObject({
  clientOrderId: id,
  account: id,
  instrument: id,
  side: z.enum(["buy", "sell"]),
  kind: z.enum(["market", "limit", "stop", "stop-limit"]),
  quantity: z.number().positive(),
  limitPrice: z.number().positive().optional(),
  stopPrice: z.number().positive().optional(),
  timeInForce: z.enum(["gtc", "day", "gtd", "ioc", "fok"]),
  expiresAt: z.number().optional(),
  reduceOnly: z.boolean(),
  /** When one order of a group fills, the venue cancels the others. */
  group: id.optional(),
  tags: z.record(z.string(), z.string()),
});
export type OrderTicket = z.output<typeof orderTicketSchema>;

export const ORDER_STATUSES = [
  "accepted",
  "triggered",
  "partially-filled",
  "filled",
  "canceled",
  "expired",
  "rejected",
] as const;

/** An order as the venue holds it. */
export const venueOrderSchema = z.object({
  ...orderTicketSchema.shape,
  venueOrderId: z.string(),
  status: z.enum(ORDER_STATUSES),
  filled: z.number(),
  reason: z.string().optional(),
  acceptedAt: z.number(),
});
export type PaperOrder = z.output<typeof venueOrderSchema>;

/** One change of one order. `seq` grows by one with every report of the venue, so a reader sees what it missed. */
export const reportSchema = z.object({
  seq: z.number(),
  time: z.number(),
  kind: z.enum(["accepted", "rejected", "triggered", "fill", "canceled", "expired"]),
  clientOrderId: z.string(),
  venueOrderId: z.string(),
  account: z.string(),
  instrument: z.string(),
  side: z.enum(["buy", "sell"]),
  status: z.enum(ORDER_STATUSES),
  filled: z.number(),
  reason: z.string().optional(),
  fill: z.object({ fillId: z.string(), quantity: z.number(), price: z.number(), fee: z.number() }).optional(),
});
export type PaperReport = z.output<typeof reportSchema>;

/** An execution with whose it is: what `fills-since` gives. */
export const venueFillSchema = z.object({
  seq: z.number(),
  time: z.number(),
  fillId: z.string(),
  clientOrderId: z.string(),
  account: z.string(),
  instrument: z.string(),
  side: z.enum(["buy", "sell"]),
  quantity: z.number(),
  price: z.number(),
  fee: z.number(),
  tags: z.record(z.string(), z.string()),
});
export type PaperFill = z.output<typeof venueFillSchema>;

/** Signed quantity held by an account; `cash` is what its trades moved, negative when bought. */
export const venuePositionSchema = z.object({
  account: z.string(),
  instrument: z.string(),
  quantity: z.number(),
  cash: z.number(),
  fees: z.number(),
});
export type PaperPosition = z.output<typeof venuePositionSchema>;

export const barSchema = z.object({
  time: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
});

export const paperInstrumentSchema = z.object({ id: z.string(), tickSize: z.string(), lotSize: z.string() });
export type PaperInstrument = z.output<typeof paperInstrumentSchema>;

/** Orders the venue to behave badly, so that the rest can be seen to cope. Counts run down as they are used. */
export const faultsSchema = z.strictObject({
  /** Every acknowledgement waits this long. */
  acknowledgeAfterMs: z.int().min(0).max(60_000).optional(),
  /** The next N acknowledgements are never sent; the order is taken all the same. */
  loseAcknowledgements: z.int().min(0).optional(),
  /** The next N reports are sent twice. */
  doubleReports: z.int().min(0).optional(),
  /** The next N pairs of reports are sent in the wrong order. */
  swapReports: z.int().min(0).optional(),
  /** The next N reports are not pushed; they can be asked for. */
  loseReports: z.int().min(0).optional(),
  /** The next N orders are rejected. */
  rejectOrders: z.int().min(0).optional(),
  /** The next N cancels are refused. */
  refuseCancels: z.int().min(0).optional(),
  /** Nothing is read or answered while true. Control requests still are. */
  stalled: z.boolean().optional(),
  /** The exchange no longer takes market orders, as in an auction. */
  marketOrdersReserved: z.boolean().optional(),
});
export type Faults = z.output<typeof faultsSchema>;

const request = <Op extends string, Shape extends z.core.$ZodLooseShape>(op: Op, shape: Shape) =>
  z.strictObject({ id: z.int(), op: z.literal(op), ...shape });

export const requestSchema = z.discriminatedUnion("op", [
  request("hello", { secret: z.string(), client: id }),
  request("submit", { order: orderTicketSchema }),
  request("cancel", { clientOrderId: id }),
  request("cancel-all", { selection: selectionSchema }),
  request("open-orders", { selection: selectionSchema }),
  request("order", { clientOrderId: id }),
  request("fills-since", { after: z.int(), limit: z.int().min(1).max(10_000) }),
  request("positions", {}),
  request("dead-man", { selection: selectionSchema, timeoutMs: z.int().min(0).max(3_600_000) }),
  request("snapshot", { account: id, after: z.int(), limit: z.int().min(1).max(10_000) }),
  request("reports", { account: id, after: z.int() }),
  request("bars", { instrument: id, last: z.int().min(1).max(100_000) }),
  request("feed", { instruments: z.array(id).min(1).max(1_000) }),
  request("bar-done", { index: z.int() }),
  request("time", {}),
  request("faults", { faults: faultsSchema }),
  request("disconnect-all", {}),
  request("pace", { barsPerSecond: z.number().min(0).optional(), paused: z.boolean().optional() }),
]);
export type PaperRequest = z.output<typeof requestSchema>;
export type PaperOp = PaperRequest["op"];

/** What the venue sends without being asked. `bar` comes with `index`, its place in the feed, counted from 0. */
export const pushSchema = z.discriminatedUnion("push", [
  z.object({ push: z.literal("report"), report: reportSchema }),
  z.object({ push: z.literal("bar"), instrument: z.string(), index: z.number(), bar: barSchema }),
  z.object({ push: z.literal("feed-end"), index: z.number() }),
]);
export type PaperPush = z.output<typeof pushSchema>;

/** An answer: the result, or a refusal with its code. */
export const replySchema = z.discriminatedUnion("ok", [
  z.object({ re: z.number(), ok: z.literal(true), result: z.unknown() }),
  z.object({ re: z.number(), ok: z.literal(false), code: z.string(), message: z.string() }),
]);
export type PaperReply = z.output<typeof replySchema>;

const snapshot = { time: z.number(), seq: z.number() };

/** What each request is answered with. `seq` is the latest report's number at the moment of the answer. */
export const RESULTS = {
  hello: z.object({ venue: z.string(), ...snapshot, instruments: z.array(paperInstrumentSchema) }),
  submit: z.object({ order: venueOrderSchema }),
  cancel: z.object({
    outcome: z.enum(["canceled", "already-closed", "unknown", "refused"]),
    order: venueOrderSchema.nullable(),
  }),
  "cancel-all": z.object({ canceled: z.array(z.string()) }),
  "open-orders": z.object({ ...snapshot, orders: z.array(venueOrderSchema) }),
  order: z.object({ ...snapshot, order: venueOrderSchema.nullable(), fills: z.array(venueFillSchema) }),
  "fills-since": z.object({ ...snapshot, fills: z.array(venueFillSchema) }),
  positions: z.object({ ...snapshot, positions: z.array(venuePositionSchema) }),
  "dead-man": z.object({ ...snapshot, expiresAt: z.number().nullable() }),
  /** Everything of one account at one moment. `more`: there are fills beyond the limit. */
  snapshot: z.object({
    ...snapshot,
    orders: z.array(venueOrderSchema),
    positions: z.array(venuePositionSchema),
    fills: z.array(venueFillSchema),
    more: z.boolean(),
    cash: z.number(),
    /** The close of each instrument's newest bar, and that bar's time. */
    marks: z.array(z.object({ instrument: z.string(), price: z.number(), time: z.number() })),
  }),
  reports: z.object({ ...snapshot }),
  bars: z.object({ next: z.number(), bars: z.array(barSchema) }),
  feed: z.object({ next: z.number() }),
  "bar-done": z.object({}),
  time: z.object(snapshot),
  faults: z.object({ faults: faultsSchema }),
  "disconnect-all": z.object({}),
  pace: z.object({ barsPerSecond: z.number(), paused: z.boolean(), next: z.number() }),
} as const satisfies Record<PaperOp, z.ZodType>;
export type PaperResult<Op extends PaperOp> = z.output<(typeof RESULTS)[Op]>;
