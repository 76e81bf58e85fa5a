import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { approveLimit } from "../../src/actions/risk/approve-limit.ts";
import { explainOrder, listDenials } from "../../src/actions/risk/explain-order.ts";
import type { LimitPorts } from "../../src/actions/risk/limit-ports.ts";
import { listLimits } from "../../src/actions/risk/list-limits.ts";
import { overrideLimit } from "../../src/actions/risk/override-limit.ts";
import { rehearsedLimits } from "../../src/actions/risk/rehearsed-limits.ts";
import { type LimitWish, setLimit } from "../../src/actions/risk/set-limit.ts";
import { keepLimits } from "../../src/actions/trading/keep-limits.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresDecisionStore } from "../../src/adapters/postgres/postgres-decision-store.ts";
import { PostgresJournal } from "../../src/adapters/postgres/postgres-journal.ts";
import { PostgresLeaseStore } from "../../src/adapters/postgres/postgres-lease-store.ts";
import { PostgresLimitStore } from "../../src/adapters/postgres/postgres-limit-store.ts";
import { PostgresOrderStore } from "../../src/adapters/postgres/postgres-order-store.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { OperatorError } from "../../src/core/errors.ts";
import { lots } from "../../src/trading/instrument.ts";
import type { Intent } from "../../src/trading/intent.ts";
import { partitionId } from "../../src/trading/lease.ts";
import { assess, decisionRecord } from "../../src/trading/risk/assess.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import { type LimitSet, resolveLimits } from "../../src/trading/risk/limits.ts";
import { roomFor } from "../support/admission.ts";
import { BTC, limits as limitsOf, OWNER, orderId, riskContext } from "../support/risk-context.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

let postgres: Postgres;
let limits: PostgresLimitStore;
let ports: LimitPorts;
const opened: Postgres[] = [];

beforeEach(async () => {
  postgres = await openPostgres(await migratedDatabase());
  opened.push(postgres);
  limits = new PostgresLimitStore(postgres);
  ports = { limits, defaults: DEFAULT_LIMITS, onePerson: false };
});
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
});

let commands = 0;
const by = (actor: string) => ({ actor, origin: "test", commandId: `c${++commands}` });
const wish = (to: Partial<LimitWish> = {}): LimitWish => ({
  name: "maxOrderNotional",
  scope: "global",
  value: 5_000e6,
  kind: "hard",
  reason: "thin market",
  ...to,
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) =>
      error instanceof OperatorError ? [error.details.code, error.details.exit] : Promise.reject(error),
  );
const journal = async () =>
  (await new PostgresJournal(postgres).list({ kind: "risk-limit", limit: 100 })).map(({ kind, actor }) => [
    kind,
    actor,
  ]);
/** What holds for an order now. */
const inForce = async () => {
  const { epoch, wall } = await limits.moment();
  return resolveLimits((await limits.read()) ?? DEFAULT_LIMITS, OWNER, wall, epoch).maxOrderNotional?.value;
};

describe("risk limits in PostgreSQL", () => {
  test("RC-07 what allows less is a new version at once, needs nobody else, and leaves the epoch alone", async () => {
    const before = await limits.moment();
    expect(await setLimit(ports, wish(), by("ann"))).toMatchObject({ outcome: "in-force", version: 1 });
    expect(await inForce()).toBe(5_000e6);
    expect((await limits.moment()).epoch).toBe(before.epoch);
    expect(await journal()).toEqual([["risk-limit.lowered", "ann"]]);
  });

  test("OM-03 a rehearsal decides on what holds as the change would, and writes nothing", async () => {
    const rehearsed = { ...ports, limits: rehearsedLimits(limits) };
    expect(await setLimit(rehearsed, wish(), by("ann"))).toMatchObject({ outcome: "in-force", version: 1 });
    expect(await setLimit(rehearsed, wish({ value: 2_000_000e6 }), by("ann"))).toMatchObject({ outcome: "waiting" });
    expect(await codeOf(setLimit(rehearsed, wish({ reason: " " }), by("ann")))).toEqual(["REASON_MISSING", "usage"]);
    expect([await limits.read(), await limits.waiting(), await journal()]).toEqual([undefined, [], []]);

    const { epoch } = await limits.moment();
    const asked = await setLimit(ports, wish({ value: 2_000_000e6 }), by("ann"));
    expect(await approveLimit(rehearsed, asked.request!, by("bob"))).toMatchObject({ version: 1, epoch: epoch + 1 });
    expect(await codeOf(approveLimit(rehearsed, asked.request!, by("ann")))).toEqual([
      "APPROVED_BY_REQUESTER",
      "refused",
    ]);
    expect([(await limits.moment()).epoch, (await limits.waiting()).length]).toEqual([epoch, 1]);
  });

  test("RC-07 what allows more waits for another person, and counts from the epoch that the approval begins", async () => {
    const { epoch } = await limits.moment();
    const asked = await setLimit(ports, wish({ value: 2_000_000e6 }), by("ann"));
    expect(asked).toMatchObject({ outcome: "waiting", version: undefined });
    expect(await limits.read()).toBeUndefined();

    expect(await codeOf(approveLimit(ports, asked.request!, by("ann")))).toEqual(["APPROVED_BY_REQUESTER", "refused"]);
    expect(await limits.read()).toBeUndefined();
    expect((await limits.moment()).epoch).toBe(epoch);

    const approved = await approveLimit(ports, asked.request!, by("bob"));
    expect(approved).toMatchObject({ outcome: "in-force", version: 1, epoch: epoch + 1 });
    expect((await limits.moment()).epoch).toBe(epoch + 1);
    expect(await inForce()).toBe(2_000_000e6);
    const set = (await limits.read()) as LimitSet;
    expect(resolveLimits(set, OWNER, 0, epoch).maxOrderNotional?.value).toBe(1_000_000e6);
    expect(await journal()).toEqual([
      ["risk-limit.raised", "bob"],
      ["risk-limit.requested", "ann"],
    ]);
    expect(await codeOf(approveLimit(ports, asked.request!, by("eve")))).toEqual(["LIMIT_REQUEST_DONE", "conflict"]);
  });

  test("RC-07 where all money is paper one person may do both, still in two steps on record", async () => {
    const asked = await setLimit(ports, wish({ value: null }), by("ann"));
    expect(asked.outcome).toBe("waiting");
    expect(await approveLimit({ ...ports, onePerson: true }, asked.request!, by("ann"))).toMatchObject({ version: 1 });
    expect(await journal()).toHaveLength(2);
  });

  test("RC-07 a request is judged by the limits of its approval, lapses after a day, and must exist", async () => {
    const asked = await setLimit(ports, wish({ value: 2_000_000e6 }), by("ann"));
    await setLimit(ports, wish({ value: 1e6 }), by("cid"));
    await approveLimit(ports, asked.request!, by("bob"));
    expect(await inForce()).toBe(2_000_000e6);

    const old = await setLimit(ports, wish({ value: 3_000_000e6 }), by("ann"));
    await postgres.query("UPDATE risk_limit_request SET requested_at = requested_at - interval '25 hours'");
    expect(await codeOf(approveLimit(ports, old.request!, by("bob")))).toEqual(["LIMIT_REQUEST_LAPSED", "refused"]);
    expect((await listLimits(ports, { history: 0 })).waiting).toEqual([]);
    expect(await codeOf(approveLimit(ports, 999, by("bob")))).toEqual(["LIMIT_REQUEST_UNKNOWN", "notFound"]);
  });

  test("RC-07 a change for a while ends by itself", async () => {
    await setLimit(ports, wish({ lastsMs: 60_000 }), by("ann"));
    const { epoch, wall } = await limits.moment();
    const set = (await limits.read()) as LimitSet;
    const valueIn = (ms: number) => resolveLimits(set, OWNER, wall + ms, epoch).maxOrderNotional?.value;
    expect(valueIn(0)).toBe(5_000e6);
    expect(valueIn(60_001)).toBe(1_000_000e6);
    const listed = (await listLimits(ports, { history: 0 })).limits.find(({ name }) => name === "maxOrderNotional");
    expect(listed).toMatchObject({ value: 5_000e6, revertsTo: 1_000_000e6, inForce: true });
  });

  test("RC-07 a reason is asked for, and nothing is written without one", async () => {
    expect(await codeOf(setLimit(ports, wish({ reason: " " }), by("ann")))).toEqual(["REASON_MISSING", "usage"]);
    expect(await limits.read()).toBeUndefined();
    expect(await journal()).toEqual([]);
  });

  test("RC-07 changes of many at once are versions one after the other, each with its row in a whole journal", async () => {
    const values = Array.from({ length: 12 }, (_, index) => (20 - index) * 1e6);
    const scopes = ["strategy:a", "strategy:b", "strategy:c", "strategy:d"] as const;
    await Promise.all(
      values
        .map((value, index) => setLimit(ports, wish({ value, scope: scopes[index % 4]! }), by(`p${index}`)))
        .map(codeOf),
    );
    const versions = await limits.versions(100);
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => versions.length - index));
    const lowered = (await journal()).filter(([kind]) => kind === "risk-limit.lowered");
    expect(lowered).toHaveLength(versions.length);
    expect((await new PostgresJournal(postgres).verify()).broken).toBeUndefined();
    const set = (await limits.read()) as LimitSet;
    for (const scope of scopes) expect(set.rows.filter((row) => row.scope === scope)).toHaveLength(1);
  });

  test("RC-05 a version that orders were judged by is never changed or removed", async () => {
    await setLimit(ports, wish(), by("ann"));
    await expect(postgres.query("UPDATE risk_limit_set SET rows = '[]'")).rejects.toThrow("append-only");
    await expect(postgres.query("DELETE FROM risk_limit_set")).rejects.toThrow("append-only");
  });

  test("RC-08 making a hard limit soft allows more, making a soft one hard does not", async () => {
    const soft = await setLimit(ports, wish({ value: 1_000_000e6, kind: "soft" }), by("ann"));
    expect(soft.outcome).toBe("waiting");
    await approveLimit(ports, soft.request!, by("bob"));
    const kind = async () => {
      const { epoch, wall } = await limits.moment();
      return resolveLimits((await limits.read())!, OWNER, wall, epoch).maxOrderNotional?.kind;
    };
    expect(await kind()).toBe("soft");
    expect(await setLimit(ports, wish({ value: 1_000_000e6 }), by("ann"))).toMatchObject({ outcome: "in-force" });
    expect(await kind()).toBe("hard");
  });

  test("RC-07 a worker hears of a new version by itself, and begins with the environment's own", async () => {
    const heard: number[] = [];
    const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
    const kept = await keepLimits({
      limits,
      defaults: DEFAULT_LIMITS,
      clock: systemClock,
      log,
      onLimits: ({ version }) => heard.push(version),
    });
    try {
      expect(heard).toEqual([0]);
      await setLimit(ports, wish(), by("ann"));
      await expect.poll(() => heard).toEqual([0, 1]);
    } finally {
      kept.close();
    }
  });
});

describe("decision records in PostgreSQL", () => {
  const circumstances = (token: number) => ({ limitsVersion: 4, epoch: 2, token, buildHash: "b1" });

  test("RC-05 an order is explained with every check, what it observed and the limit, and under what it was decided", async () => {
    const partition = partitionId("explained");
    const { token } = (await new PostgresLeaseStore(postgres).take(partition, "w1", 60_000))!;
    const orders = new PostgresOrderStore(postgres, { worker: "w1", instruments: new Map([[BTC.id, BTC]]) });
    const decisions = new PostgresDecisionStore(postgres);
    const context = riskContext();
    const id = orderId(1);
    const denied = decisionRecord(
      id,
      assess({ ...context, limits: limitsOf({ maxOrderLots: 10 }) }),
      circumstances(token),
    );
    await orders.recordDenials(partition, token, [denied]);

    const refused = await explainOrder(decisions, id);
    expect(refused.intent).toBeUndefined();
    expect(refused.decisions).toHaveLength(1);
    expect(refused.decisions[0]).toMatchObject({
      ...circumstances(token),
      allowed: false,
      code: "QUANTITY_ABOVE_LIMIT",
      meaning: "The quantity is above our own limit for one order.",
    });
    const [decided] = refused.decisions[0]!.checks.filter(({ check }) => check === "RC-13");
    expect(decided).toMatchObject({
      name: "quantity-steps",
      verdict: { kind: "DENY", code: "QUANTITY_ABOVE_LIMIT", values: { limit: 10, scope: "global" } },
    });
    expect(await listDenials(decisions, { code: "QUANTITY_ABOVE_LIMIT", limit: 5 })).toHaveLength(1);
    expect(await listDenials(decisions, { code: "LIMIT_MISSING", limit: 5 })).toEqual([]);

    // The denied order leaves its id to the next one.
    const allowed = decisionRecord(id, assess(context), circumstances(token));
    expect(allowed.allowed).toBe(true);
    const first: Intent = {
      id,
      partition,
      sequence: 1,
      token,
      epoch: 2,
      owner: OWNER,
      terms: { ...context.order.terms, quantity: lots(20) },
      origin: "strategy",
      reducing: false,
      decidedAt: 0,
      decision: allowed,
    };
    await orders.commitIntents(partition, token, [first], roomFor([first]));
    const sent = await explainOrder(decisions, id);
    expect(sent.intent).toMatchObject({ order: id, worker: "w1", strategy: OWNER.strategy, state: "initialized" });
    expect(sent.decisions.map((one) => one.allowed)).toEqual([true, false]);
    expect(sent.decisions[0]!.checks.every(({ verdict }) => verdict.kind === "PASS")).toBe(true);
    expect(sent.decisions[0]!.checks.length).toBe(allowed.results.length);
  });

  test("RC-08 a soft limit is overridden for one denied order, once, for a while, and on record; a hard one is not", async () => {
    const partition = partitionId("overridden");
    const { token } = (await new PostgresLeaseStore(postgres).take(partition, "w1", 60_000))!;
    const orders = new PostgresOrderStore(postgres, { worker: "w1", instruments: new Map([[BTC.id, BTC]]) });
    const decisions = new PostgresDecisionStore(postgres);
    const access = { limits, decisions };
    await setLimit(ports, wish(), by("ann"));
    const deny = (id: ReturnType<typeof orderId>, kind: "hard" | "soft", quantity = 1_000) => {
      const limited = { ...limitsOf(), maxOrderLots: { value: 10, kind, scope: "global" as const } };
      const { order } = riskContext();
      const context = {
        ...riskContext(),
        limits: limited,
        order: { ...order, id, terms: { ...order.terms, quantity: lots(quantity) } },
      };
      return { context, record: decisionRecord(id, assess(context), circumstances(token)) };
    };
    const [hard, soft] = [deny(orderId(1), "hard"), deny(orderId(2), "soft")];
    await orders.recordDenials(partition, token, [hard.record, soft.record]);
    const ask = (order: string, more = {}) =>
      overrideLimit(access, { order, reason: "agreed", lastsMs: 60_000, ...more }, by("ann"));

    expect(await codeOf(ask(orderId(1)))).toEqual(["LIMIT_HARD", "refused"]);
    expect(await codeOf(ask(orderId(2), { reason: "" }))).toEqual(["REASON_MISSING", "usage"]);
    expect(await codeOf(ask(orderId(2), { code: "LIMIT_MISSING" }))).toEqual(["DENIAL_UNKNOWN", "notFound"]);
    expect(await codeOf(ask(orderId(3)))).toEqual(["ORDER_UNKNOWN", "notFound"]);
    expect((await limits.read())!.overrides).toEqual([]);

    const done = await ask(orderId(2));
    expect(done).toMatchObject({ order: orderId(2), code: "QUANTITY_ABOVE_LIMIT", breach: 1_040 });
    expect(await journal()).toContainEqual(["risk-limit.overridden", "ann"]);
    const [override] = (await limits.read())!.overrides!;
    expect(override).toEqual({ order: orderId(2), code: "QUANTITY_ABOVE_LIMIT", breach: 1_040 });

    // What was overridden passes, on record; more than that does not, nor does it where the limit is hard.
    const withOverride = ({ context }: typeof soft) =>
      assess({
        ...context,
        order: { ...context.order, overrides: [override!.code], breaches: { [override!.code]: override!.breach } },
      });
    const passed = withOverride(soft);
    expect(passed).toMatchObject({ allowed: true, overridden: ["QUANTITY_ABOVE_LIMIT"] });
    expect(withOverride(deny(orderId(2), "soft", 1_051)).allowed).toBe(false);
    expect(withOverride(deny(orderId(2), "hard")).allowed).toBe(false);

    // The order that it let pass uses it up.
    const { terms } = soft.context.order;
    const decision = decisionRecord(orderId(2), passed, circumstances(token));
    const base = {
      partition,
      sequence: 2,
      token,
      epoch: 2,
      owner: OWNER,
      origin: "strategy",
      reducing: false,
    } as const;
    const second = { ...base, id: orderId(2), terms, decidedAt: 0, decision };
    await orders.commitIntents(partition, token, [second], roomFor([second]));
    expect((await limits.read())!.overrides).toEqual([]);
    expect(await codeOf(ask(orderId(2)))).toEqual(["ORDER_ALLOWED", "conflict"]);
    expect((await explainOrder(decisions, orderId(2))).decisions[0]!.overrides).toEqual(["QUANTITY_ABOVE_LIMIT"]);
  });

  test("RC-08 an override that was not used in time is none", async () => {
    await setLimit(ports, wish(), by("ann"));
    const override = { order: orderId(9), code: "QUANTITY_ABOVE_LIMIT", breach: 1, reason: "agreed" };
    await limits.override(by("ann"), { ...override, lastsMs: 60_000 });
    expect((await limits.read())!.overrides).toHaveLength(1);
    await postgres.query("UPDATE risk_override SET expires_at = clock_timestamp()");
    expect((await limits.read())!.overrides).toEqual([]);
  });

  test("RC-05 an order that nobody ever decided on is not found", async () => {
    expect(await codeOf(explainOrder(new PostgresDecisionStore(postgres), "ttt-none"))).toEqual([
      "ORDER_UNKNOWN",
      "notFound",
    ]);
  });
});
