import { describe, expect, test } from "vitest";
import { DEFAULT_TIMING } from "../../src/live/session-config.ts";
import { lots, micros, ticks } from "../../src/trading/instrument.ts";
import { LEASE_GUARD_MS, LEASE_LIFE_MS } from "../../src/trading/lease.ts";
import { flat } from "../../src/trading/position.ts";
import { soleOwner } from "../../src/trading/risk/account-view.ts";
import { BTC, OWNER, orderId, terms } from "../support/risk-context.ts";
import { EMPTY, SessionBench } from "../support/session-bench.ts";

const { inFlightMs, answerMs, maxDecisionAgeMs } = DEFAULT_TIMING;
const begun = () => new SessionBench().begin();
const foreign = (bench: SessionBench) => ({ ...bench.venueOrder("web-1" as never) });

describe("start", () => {
  test("KS-04 OL-05 nothing leaves before a level was read, the lease taken and the venue reconciled", () => {
    const bench = new SessionBench();
    expect(bench.session.view).toMatchObject({ level: "BLOCK", phase: "idle" });
    bench.want();
    expect(bench.take("commit-intents")).toEqual([]);
    bench.prepare();
    expect(bench.session.view).toMatchObject({ level: "RUN", phase: "reconciling" });
    bench.want();
    expect(bench.take("commit-intents")).toEqual([]);
    expect(bench.session.view.denials.get("NOT_RECONCILED")).toBe(1);
    bench.answer();
    expect(bench.take("record-certificate")).toHaveLength(1);
    bench.want();
    expect(bench.take("commit-intents")).toHaveLength(1);
  });

  test("OL-05 what filled while nobody looked is booked before the certificate is written", () => {
    const bench = new SessionBench();
    bench.venue.fills.push({ ...bench.filled(orderId(1), 300, "buy", false) });
    bench.venue.fills.pop();
    const intent = { id: orderId(1), terms: terms(), owner: OWNER } as never;
    const order = {
      id: orderId(1),
      terms: terms(),
      owner: OWNER,
      state: "accepted",
      filled: lots(0),
      venueOrderId: "v" as never,
    } as const;
    bench.venue.openOrders.push({ ...bench.venueOrder(orderId(1)), filled: lots(300) });
    bench.prepare({ ...EMPTY, nextSequence: 2, orders: [{ intent, order }] });
    bench.answer();
    expect(bench.position).toBe(300);
    expect(bench.take("record-certificate")[0]?.certificate).toMatchObject({ adoptedFills: 1, openOrders: 1 });
  });

  test("OL-08 an intent of the last life that may have left is looked up, not sent again", () => {
    const bench = new SessionBench();
    const intent = { id: orderId(1), terms: terms(), owner: OWNER } as never;
    const order = { id: orderId(1), terms: terms(), owner: OWNER, state: "initialized", filled: lots(0) } as const;
    bench.prepare({ ...EMPTY, nextSequence: 2, orders: [{ intent, order }] });
    expect(bench.stateOf(orderId(1))).toBe("unresolved");
    expect(bench.take("query-order").map(({ id }) => id)).toEqual([orderId(1)]);
    bench.pass(1_000);
    expect(bench.take("submit")).toEqual([]);
    expect(bench.take("record-certificate")).toEqual([]);
    bench.happen({ kind: "order-found", request: 1, order: bench.venueOrder(orderId(1), {}, "canceled"), fills: [] });
    bench.pass(2_000);
    expect(bench.stateOf(orderId(1))).toBe("ended");
    expect(bench.take("record-certificate")).toHaveLength(1);
  });

  test("OL-05 a position that differs from the venue's is not adopted but stops the partition", () => {
    const bench = new SessionBench();
    bench.venue.position = 7;
    bench.prepare({ ...EMPTY, positions: [flat(BTC.id)] });
    bench.pass(2_000);
    expect(bench.take("record-certificate")).toEqual([]);
    expect(bench.take("raise-level")).toMatchObject([{ code: "DRIFT", level: "BLOCK", scope: "strategy:sma-cross" }]);
    expect(bench.position).toBe(0);
  });
});

describe("the path of an order", () => {
  test("OL-02 an order leaves only after its intent is durable, and the intents of one turn share one commit", () => {
    const bench = begun();
    bench.bar(100, { kind: "place", terms: terms() }, { kind: "place", terms: terms({ limit: ticks(9_900) }) });
    const commits = bench.take("commit-intents");
    expect(commits.map(({ intents }) => intents.map(({ sequence }) => sequence))).toEqual([[1, 2]]);
    expect(commits[0]!.intents[0]).toMatchObject({
      id: orderId(1),
      epoch: 1,
      token: 1,
      decision: { allowed: true, limitsVersion: 0 },
    });
    expect(bench.take("submit")).toEqual([]);
    bench.happen({ kind: "intents-committed", turn: 1, refused: [] });
    expect(bench.take("submit").map(({ id, sequence }) => [id, sequence])).toEqual([
      [orderId(1), 1],
      [orderId(2), 2],
    ]);
  });

  test("OL-02 an order that is withdrawn while its intent is being written is written down as ended once the row is there", () => {
    const bench = begun();
    bench.want();
    bench.take("record-book");
    bench.bar(100, { kind: "cancel", id: orderId(1) });
    bench.take("record-book");
    bench.committed();
    expect(bench.take("submit")).toEqual([]);
    const written = bench.take("record-book").flatMap(({ orders }) => orders);
    expect(written.map(({ id, state, reason }) => [id, state, reason])).toEqual([[orderId(1), "denied", "WITHDRAWN"]]);
  });

  test("OL-02 a commit without an answer is asked again with the same ids", () => {
    const bench = begun();
    bench.want();
    const [first] = bench.take("commit-intents");
    bench.happen({ kind: "intents-uncertain", turn: 1 });
    bench.pass(600);
    const [again] = bench.take("commit-intents");
    expect(again).toMatchObject({ turn: first!.turn, intents: first!.intents });
    bench.happen({ kind: "intents-committed", turn: 1, refused: [] });
    bench.happen({ kind: "intents-committed", turn: 1, refused: [] });
    expect(bench.take("submit")).toHaveLength(1);
  });

  test("an order whose commit took too long does not leave any more", () => {
    const bench = begun();
    bench.want();
    const [commit] = bench.take("commit-intents");
    bench.pass(maxDecisionAgeMs + 1);
    bench.take("commit-intents");
    bench.happen({ kind: "intents-committed", turn: commit!.turn, refused: [] });
    expect(bench.take("submit")).toEqual([]);
    expect(bench.stateOf(orderId(1))).toBe("ended");
  });

  test("RC-04 an intent that the account's shared limits refused does not leave", () => {
    const bench = begun();
    bench.want();
    bench.happen({
      kind: "intents-committed",
      turn: 1,
      refused: [{ id: orderId(1), code: "ACCOUNT_POSITION_ABOVE_LIMIT" }],
    });
    expect(bench.take("submit")).toEqual([]);
    expect(
      bench
        .take("record-book")
        .flatMap(({ orders }) => orders)
        .at(-1),
    ).toMatchObject({ state: "denied", reason: "ACCOUNT_POSITION_ABOVE_LIMIT" });
  });

  test("OL-04 KS-37 a commit under an old token ends the session, and nothing of it leaves", () => {
    const bench = begun();
    bench.want();
    bench.happen({ kind: "intents-refused", turn: 1, reason: "fenced" });
    expect(bench.session.view.phase).toBe("released");
    bench.pass(1_000);
    expect(bench.take("submit")).toEqual([]);
    expect(bench.session.authority.lease).toBeUndefined();
  });

  test("KS-11 a kill between commit and answer holds the order back", () => {
    const bench = begun();
    bench.want();
    bench.happen({ kind: "level-pushed", scope: "global", level: "BLOCK", epoch: 2 });
    bench.committed();
    expect(bench.take("submit")).toEqual([]);
    expect(bench.session.view.denials.get("KILL_BLOCKED")).toBe(1);
  });

  test("KS-07 KS-11 a permit that ran out between commit and answer holds the order back", () => {
    const bench = begun();
    bench.want();
    const [commit] = bench.take("commit-intents");
    bench.mono += 1_999;
    bench.happen({ kind: "timer" });
    bench.mono += 1;
    bench.happen({ kind: "intents-committed", turn: commit!.turn, refused: [] });
    expect(bench.take("submit")).toEqual([]);
    expect(bench.session.view.denials.get("PERMIT_EXPIRED")).toBe(1);
  });

  test("RC-03 what was decided counts before it has left", () => {
    const bench = begun();
    bench.happen({
      kind: "account-read",
      view: { ...soleOwner(micros(1_000_000e6), 0), freeCash: micros(150_000e6), version: 1 },
    });
    bench.want({ quantity: lots(1_000_000), limit: ticks(9_000) });
    expect([...bench.session.view.denials.keys()]).toEqual([]);
    bench.want({ quantity: lots(1_000_000), limit: ticks(9_000) });
    expect(bench.session.view.denials.get("CASH_INSUFFICIENT")).toBe(1);
  });

  test("KS-31 denials of one kind are counted all and recorded a few a second", () => {
    const bench = begun();
    bench.kill("BLOCK");
    for (let time = 0; time < 50; time++) bench.want();
    const told = bench.take("record-denials");
    expect(told.map(({ code }) => code)).toEqual(Array.from({ length: 50 }, () => "KILL_BLOCKED"));
    expect(told.flatMap(({ decisions }) => decisions)).toHaveLength(5);
    expect(bench.session.view.denials.get("KILL_BLOCKED")).toBe(50);
    bench.mono += 1_000;
    bench.permit();
    bench.want();
    expect(bench.take("record-denials")[0]?.decisions[0]).toMatchObject({ allowed: false, code: "KILL_BLOCKED" });
  });

  test("RC-17 a market order becomes a limit inside the collar where the venue would take it without bound", () => {
    const bench = begun();
    bench.want({ type: "market" });
    const [commit] = bench.take("commit-intents");
    expect(commit!.intents[0]!.terms).toMatchObject({ type: "limit", limit: 10_500, timeInForce: "ioc" });
  });

  test("a strategy that throws is stopped, and the session goes on", () => {
    const bench = begun();
    bench.trader.failure = new Error("division by zero");
    bench.bar();
    expect(bench.take("raise-level")).toMatchObject([{ code: "STRATEGY_FAILED", level: "BLOCK" }]);
    expect(bench.take("alert")).toMatchObject([{ text: "sma-cross: division by zero" }]);
    expect(bench.session.view.level).toBe("BLOCK");
  });
});

describe("what the venue says", () => {
  test("OL-07 a fill that comes twice is booked once", () => {
    const bench = begun();
    const id = bench.work();
    const fill = bench.filled(id, 400);
    bench.happen({ kind: "order-filled", fill });
    bench.pass(6_000);
    expect(bench.position).toBe(400);
    expect(bench.take("record-book").flatMap(({ fills }) => fills)).toHaveLength(1);
  });

  test("OL-07 an order that was cancelled counts until all that filled of it is here", () => {
    const bench = begun();
    const id = bench.work();
    const late = bench.filled(id, 400, "buy", false);
    bench.happen({ kind: "order-canceled", id, filled: lots(400) });
    expect(bench.stateOf(id)).toBe("accepted");
    bench.happen({ kind: "order-filled", fill: late });
    expect(bench.stateOf(id)).toBe("ended");
    expect(bench.position).toBe(400);
  });

  test("OL-03 silence makes an order unresolved; it is asked about and holds up new risk until it is known", () => {
    const bench = begun();
    const id = bench.send();
    bench.pass(answerMs + 500);
    expect(bench.session.view.unresolved).toEqual([id]);
    const [question] = bench.take("query-order");
    expect(question?.id).toBe(id);
    bench.want({ limit: ticks(9_990) });
    expect(bench.session.view.denials.get("ORDERS_UNRESOLVED")).toBe(1);
    bench.venue.openOrders.push(bench.venueOrder(id));
    bench.happen({ kind: "order-found", request: question!.request, order: bench.venueOrder(id), fills: [] });
    expect(bench.stateOf(id)).toBe("accepted");
    bench.want({ limit: ticks(9_980) });
    expect(bench.take("commit-intents")).toHaveLength(1);
  });

  test("OL-03 that the venue does not know it proves nothing before everything under way must have landed, and not once", () => {
    const bench = begun();
    const id = bench.send();
    const unknown = () => {
      for (const { request } of bench.take("query-order")) bench.happen({ kind: "order-unknown", request, id });
    };
    for (let waited = 0; waited < inFlightMs; waited += 100) {
      bench.pass(100);
      unknown();
      expect(bench.session.view.orders.has(id)).toBe(true);
    }
    bench.pass(600);
    unknown();
    bench.pass(2_000);
    unknown();
    bench.pass(2_000);
    unknown();
    expect(bench.stateOf(id)).toBe("ended");
    const ended = bench
      .take("record-book")
      .flatMap(({ orders }) => orders)
      .at(-1);
    expect(ended).toMatchObject({ state: "rejected", reason: "NEVER_ARRIVED" });
  });

  test("OL-03 one that was given up and turns up after all is live again, cancelled, and stops the partition", () => {
    const bench = begun();
    const id = bench.send();
    bench.happen({ kind: "order-rejected", id, reason: "so it said" });
    bench.happen({ kind: "order-accepted", id, venueOrderId: "v1" as never });
    expect(bench.stateOf(id)).toBe("pending-cancel");
    expect(bench.take("cancel").map((one) => one.id)).toEqual([id]);
    expect(bench.take("raise-level")).toMatchObject([{ code: "ORDER_ROSE", level: "BLOCK" }]);
  });

  test("OL-03 OL-07 one that was refused and fills after all counts as filled, and stops the partition", () => {
    const bench = begun();
    const id = bench.send();
    bench.happen({ kind: "order-rejected", id, reason: "busy" });
    bench.venue.openOrders.push(bench.venueOrder(id));
    bench.filled(id, 400);
    expect(bench.take("raise-level")).toMatchObject([{ code: "ORDER_ROSE", level: "BLOCK" }]);
    expect(bench.session.view.orders.get(id)).toMatchObject({ state: "pending-cancel", filled: 400 });
    expect(bench.take("cancel").map((command) => command.id)).toEqual([id]);
    bench.filled(id, 600);
    expect([bench.stateOf(id), bench.position]).toEqual(["ended", 1_000]);
    bench.pass(20_000);
    expect(bench.session.view.unresolved).toEqual([]);
  });

  test("OL-03 a broken connection makes what was not answered unresolved", () => {
    const bench = begun();
    const id = bench.send();
    bench.happen({ kind: "venue-disconnected" });
    expect(bench.session.view.unresolved).toEqual([id]);
    expect(bench.take("query-order")).toEqual([]);
    bench.happen({ kind: "venue-connected" });
    expect(bench.take("query-order").map((one) => one.id)).toEqual([id]);
  });

  test("KS-11 what the egress held back has provably not left", () => {
    const bench = begun();
    const id = bench.send();
    bench.happen({ kind: "order-held-back", id, code: "KILL_BLOCKED" });
    expect(bench.stateOf(id)).toBe("ended");
    expect(bench.session.view.unresolved).toEqual([]);
  });

  test.each(["NOT_INTENDED", "CHILD_EXCEEDS_PARENT"])("RC-45 RC-44 what the egress held back as %s blocks", (code) => {
    const bench = begun();
    const id = bench.send();
    bench.happen({ kind: "order-held-back", id, code });
    expect(bench.stateOf(id)).toBe("ended");
    expect(bench.take("raise-level")).toMatchObject([{ code: "DEPARTURE_MISMATCH", level: "BLOCK" }]);
    expect(bench.session.view.level).toBe("BLOCK");
  });

  test("RC-45 an order that was to leave twice blocks, and counts until the venue has said what became of it", () => {
    const bench = begun();
    const id = bench.send();
    bench.happen({ kind: "order-held-back", id, code: "ALREADY_DEPARTED" });
    expect(bench.stateOf(id)).toBe("unresolved");
    expect(bench.take("query-order").map((one) => one.id)).toEqual([id]);
    expect(bench.take("raise-level")).toMatchObject([{ code: "DEPARTURE_MISMATCH", level: "BLOCK" }]);
  });

  test("OL-01 a report that cannot be stops the partition", () => {
    const bench = begun();
    const id = bench.work();
    bench.filled(id, 1_000);
    bench.happen({ kind: "order-rejected", id, reason: "too late" });
    expect(bench.take("raise-level")).toMatchObject([{ code: "ILLEGAL_TRANSITION", level: "BLOCK" }]);
  });

  test("KS-15 a cancel that is refused because the order has filled is a fill to book", () => {
    const bench = begun();
    const id = bench.work();
    bench.bar(100, { kind: "cancel", id });
    expect(bench.take("cancel")).toHaveLength(1);
    const fill = bench.filled(id, 1_000, "buy", false);
    bench.happen({ kind: "cancel-rejected", id, reason: "filled" });
    const [question] = bench.take("query-order");
    const order = { ...bench.venueOrder(id, {}, "filled"), filled: lots(1_000) };
    bench.happen({ kind: "order-found", request: question!.request, order, fills: [fill] });
    expect(bench.position).toBe(1_000);
    expect(bench.stateOf(id)).toBe("ended");
    expect(bench.take("raise-level")).toEqual([]);
  });

  test("OL-06 fills and ends that no report brought are found by the next snapshot", () => {
    const bench = begun();
    const [first, second] = [bench.work(), bench.work({ limit: ticks(9_900) })];
    bench.filled(first, 1_000, "buy", false);
    bench.venue.openOrders = bench.venue.openOrders.filter((order) => order.clientOrderId !== second);
    bench.pass(6_000);
    expect(bench.position).toBe(1_000);
    const [question] = bench.take("query-order");
    expect(question?.id).toBe(second);
    bench.happen({
      kind: "order-found",
      request: question!.request,
      order: bench.venueOrder(second, {}, "canceled"),
      fills: [],
    });
    expect(bench.session.view.orders.size).toBe(0);
  });

  test("OL-06 RC-52 a position that stays apart from the venue's raises the level", () => {
    const bench = begun();
    bench.venue.position = 5;
    bench.pass(7_000);
    expect(bench.take("raise-level")[0]).toMatchObject({ code: "DRIFT", level: "BLOCK" });
  });

  test("KS-02 an order of ours that we do not know is cancelled; one of others is listed and left alone", () => {
    const bench = begun();
    bench.venue.openOrders.push(bench.venueOrder(orderId(77)), foreign(bench));
    bench.pass(6_000);
    expect([...new Set(bench.take("cancel").map(({ id }) => id))]).toEqual([orderId(77)]);
    expect(bench.take("raise-level")).toMatchObject([{ code: "STRAY_ORDER" }]);
  });

  test("KS-30 a kill leaves positions as they are", () => {
    const bench = begun();
    bench.filled(bench.work(), 1_000);
    bench.kill("BLOCK");
    bench.pass(3_000);
    expect(bench.position).toBe(1_000);
  });
});

describe("levels", () => {
  test("KS-10 each change is acknowledged once, with the last order that left", () => {
    const bench = begun();
    bench.work();
    bench.kill("BLOCK");
    bench.pass(2_000);
    expect(bench.take("acknowledge-level")).toEqual([
      { kind: "acknowledge-level", epoch: 2, level: "BLOCK", lastSent: 1 },
    ]);
    expect(bench.session.view).toMatchObject({ level: "BLOCK", epoch: 2, lastSent: 1 });
  });

  test("KS-09 KS-10 a push is obeyed and acknowledged in the same turn", () => {
    const bench = begun();
    bench.happen({ kind: "level-pushed", scope: "account:main", level: "BLOCK", epoch: 2 });
    expect(bench.take("acknowledge-level")).toMatchObject([{ epoch: 2, level: "BLOCK" }]);
    expect(bench.session.view.level).toBe("BLOCK");
  });

  test("KS-24 a push cannot lower a level", () => {
    const bench = begun();
    bench.kill("BLOCK");
    bench.happen({ kind: "level-pushed", scope: "global", level: "RUN", epoch: 99 });
    expect(bench.session.view.level).toBe("BLOCK");
  });

  test("KS-07 without renewal the level is BLOCK when the permit ends, and when the lease does", () => {
    const bench = begun();
    bench.pass(1_900, { permit: false });
    expect(bench.session.view.level).toBe("RUN");
    bench.pass(200, { permit: false });
    expect(bench.session.view.level).toBe("BLOCK");
    bench.pass(LEASE_LIFE_MS - LEASE_GUARD_MS - 100, { lease: false });
    expect(bench.session.view.level).toBe("RUN");
    bench.pass(200, { lease: false });
    expect(bench.session.view.level).toBe("BLOCK");
  });

  test("KS-12 cancels, questions and snapshots pass without permit and lease, at every level", () => {
    const bench = begun();
    const [working, silent] = [bench.work(), bench.send({ limit: ticks(9_900) })];
    bench.kill("BLOCK");
    bench.pass(20_000, { permit: false, lease: false, venue: false });
    expect(bench.take("query-order").map(({ id }) => id)).toContain(silent);
    expect(bench.take("request-snapshot").length).toBeGreaterThan(0);
    bench.bar(100, { kind: "cancel", id: working });
    expect(bench.take("cancel").map(({ id }) => id)).toEqual([working]);
    bench.happen({ kind: "order-filled", fill: bench.filled(working, 100, "buy", false) });
    expect(bench.position).toBe(100);
  });

  test("KS-25 a trigger that trips raises the level of its strategy, here at once", () => {
    const bench = begun();
    for (let time = 0; time < 21; time++) {
      const id = bench.send({ limit: ticks(9_900 + time) });
      bench.happen({ kind: "order-rejected", id, reason: "no" });
    }
    bench.pass(1_100);
    expect(bench.take("raise-level")).toMatchObject([
      { code: "REJECT_STORM", level: "REDUCE_ONLY", scope: "strategy:sma-cross" },
    ]);
    expect(bench.session.view.level).toBe("REDUCE_ONLY");
  });

  test("KS-29 under a kill fills are booked, the venue is looked at and the certificate stays fresh", () => {
    const bench = begun();
    const id = bench.work();
    bench.kill("BLOCK");
    bench.filled(id, 400);
    const before = bench.session.view.certifiedAt!;
    bench.pass(12_000);
    bench.filled(id, 600, "buy", false);
    bench.pass(6_000);
    expect(bench.position).toBe(1_000);
    expect(bench.session.view.certifiedAt).toBeGreaterThan(before + 10_000);
    expect(bench.take("record-book").flatMap(({ fills }) => fills)).toHaveLength(2);
  });

  test("RC-53 a level that is raised by itself comes with an alert for a person, in the same turn", () => {
    const bench = begun();
    bench.venue.openOrders.push(bench.venueOrder(orderId(77)));
    bench.pass(6_000);
    const raised = bench.commands.findIndex(({ kind }) => kind === "raise-level");
    expect(bench.commands.slice(raised, raised + 2)).toMatchObject([
      { kind: "raise-level", code: "STRAY_ORDER" },
      { kind: "alert", code: "STRAY_ORDER" },
    ]);
  });

  test("KS-27 the dead-man's switch is held open only while lease and permit hold", () => {
    const bench = begun();
    bench.pass(40_000);
    expect(bench.take("refresh-dead-man").length).toBeGreaterThanOrEqual(2);
    bench.pass(3_000, { permit: false });
    bench.take("refresh-dead-man");
    bench.pass(40_000, { permit: false });
    expect(bench.take("refresh-dead-man")).toEqual([]);
  });
});

describe("operators", () => {
  const request = (action: "cancel" | "flatten" | "drain" | "stop", id = "r1") =>
    ({ kind: "operator-asked", request: { id, scope: "global", action } }) as const;
  const phases = (bench: SessionBench) => bench.take("report-progress").map(({ evidence }) => evidence.phase);

  test("KS-13 nothing is cancelled before the level is raised", () => {
    const bench = begun();
    bench.work();
    bench.happen(request("cancel"));
    bench.pass(1_000);
    expect(bench.take("cancel")).toEqual([]);
    expect(phases(bench)).toEqual(["waiting"]);
    bench.kill("REDUCE_ONLY");
    expect(bench.take("cancel")).toHaveLength(1);
  });

  test("KS-14 KS-19 a cancel is done after two snapshots without orders, further apart than anything can be under way", () => {
    const bench = begun();
    const id = bench.work();
    bench.venue.openOrders.push(foreign(bench));
    bench.kill("BLOCK");
    bench.happen(request("cancel"));
    bench.canceled(id);
    bench.pass(inFlightMs - 100);
    expect(phases(bench)).not.toContain("done");
    bench.pass(1_200);
    const done = bench.take("report-progress").at(-1)!.evidence;
    expect(done).toMatchObject({ phase: "done", ordersBefore: [id], canceled: [id], remaining: [], unresolved: [] });
    expect(done.foreign.map((order) => order.clientOrderId)).toEqual(["web-1"]);
    expect(done.snapshotAt).toBeDefined();
    expect(bench.take("cancel").map((one) => one.id)).toEqual([id]);
  });

  test("KS-14 a snapshot that was asked for before the last order ended is none of the two", () => {
    const bench = begun();
    const id = bench.send();
    bench.kill("REDUCE_ONLY");
    bench.happen({ kind: "operator-asked", request: { id: "r1", scope: "global", action: "cancel" } });
    bench.pass(600, { venue: false });
    const [early] = bench.take("request-snapshot").slice(-1);
    const askedAt = bench.mono;
    bench.mono += 800;
    bench.happen({ kind: "order-rejected", id, reason: "busy" });
    bench.happen({ kind: "snapshot-taken", request: early!.request, snapshot: bench.snapshot() });
    // What left after that question may be under way for as long from now on.
    bench.pass(askedAt + inFlightMs - bench.mono + 500);
    const done = () => bench.take("report-progress").some(({ evidence }) => evidence.phase === "done");
    expect(done()).toBe(false);
    bench.pass(inFlightMs + 1_000);
    expect(done()).toBe(true);
  });

  test("KS-14 an acknowledgement that comes late starts the proof again", () => {
    const bench = begun();
    const id = bench.send();
    bench.kill("BLOCK");
    bench.happen(request("cancel"));
    bench.pass(inFlightMs - 500);
    bench.accepted(id);
    bench.pass(inFlightMs + 1_000);
    expect(phases(bench)).not.toContain("done");
    bench.canceled(id);
    bench.pass(inFlightMs + 1_200);
    expect(phases(bench)).toContain("done");
  });

  test("KS-20 a repeated request repeats its evidence and nothing else", () => {
    const bench = begun();
    bench.kill("BLOCK");
    bench.happen(request("cancel"));
    bench.pass(inFlightMs + 1_200);
    const [first] = bench.take("report-progress").slice(-1);
    bench.happen(request("cancel"));
    expect(bench.take("report-progress")).toEqual([first]);
    bench.pass(2_000);
    expect(bench.take("cancel")).toEqual([]);
  });

  test("KS-13 KS-16 a flatten cancels, closes no more than the position, and ends in BLOCK", () => {
    const bench = begun();
    bench.filled(bench.work(), 1_000);
    const resting = bench.work({ limit: ticks(9_500) });
    bench.kill("REDUCE_ONLY");
    bench.happen(request("flatten"));
    expect(bench.take("cancel").map(({ id }) => id)).toEqual([resting]);
    expect(bench.take("commit-intents")).toEqual([]);
    bench.canceled(resting);
    bench.pass(inFlightMs + 1_200);
    const [commit] = bench.take("commit-intents");
    expect(commit!.intents).toMatchObject([
      { origin: "operator-exit", reducing: true, terms: { side: "sell", quantity: 1_000, reduceOnly: true } },
    ]);
    bench.happen({ kind: "intents-committed", turn: commit!.turn, refused: [] });
    const [exit] = bench.take("submit");
    bench.accepted(exit!.id, { side: "sell" });
    bench.filled(exit!.id, 1_000, "sell");
    bench.pass(inFlightMs + 1_200);
    expect(bench.take("report-progress").at(-1)!.evidence).toMatchObject({ phase: "done", positionsAfter: [] });
    expect(bench.take("raise-level")).toMatchObject([{ code: "FLATTENED", level: "BLOCK" }]);
    expect(bench.session.view.level).toBe("BLOCK");
  });

  test("KS-18 exits step from the reference to the collar, and what is left in the end is reported", () => {
    const bench = begun();
    bench.filled(bench.work(), 1_000);
    bench.kill("REDUCE_ONLY");
    bench.happen(request("flatten"));
    const prices: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      bench.bar();
      bench.pass(inFlightMs + 1_500);
      const [commit] = bench.take("commit-intents");
      prices.push(commit!.intents[0]!.terms.limit ?? 0);
      bench.happen({ kind: "intents-committed", turn: commit!.turn, refused: [] });
      const [exit] = bench.take("submit");
      bench.happen({ kind: "order-rejected", id: exit!.id, reason: "the market is reserved" });
    }
    bench.pass(inFlightMs + 1_500);
    expect(prices).toEqual(prices.toSorted((a, b) => b - a));
    expect([prices[0], prices.at(-1)]).toEqual([9_900, 9_500]);
    expect(bench.take("report-progress").at(-1)!.evidence).toMatchObject({
      phase: "residual",
      positionsAfter: [{ lots: 1_000 }],
    });
  });

  test("KS-16 the strategy is held while an operator's request is carried out", () => {
    const bench = begun();
    bench.filled(bench.work(), 1_000);
    bench.kill("REDUCE_ONLY");
    bench.happen(request("cancel"));
    bench.want({ side: "sell", quantity: lots(100), limit: ticks(10_100) });
    expect(bench.take("commit-intents")).toEqual([]);
    bench.pass(inFlightMs + 1_200);
    bench.want({ side: "sell", quantity: lots(100), limit: ticks(10_100) });
    expect(bench.take("commit-intents")).toHaveLength(1);
  });

  test("a request that its level does not allow is given up in time, and says why", () => {
    const bench = begun();
    bench.happen(request("cancel"));
    bench.pass(12_000);
    expect(bench.take("report-progress").at(-1)!.evidence).toMatchObject({
      phase: "refused",
      reason: expect.stringContaining("not raised"),
    });
  });

  test("a request about others is none of ours", () => {
    const bench = begun();
    bench.happen({ kind: "operator-asked", request: { id: "r9", scope: "strategy:other", action: "flatten" } });
    bench.pass(1_000);
    expect(bench.take("report-progress")).toEqual([]);
  });

  test("OL-09 a drain waits for what is under way, writes the book, and gives the lease back; orders go on resting", () => {
    const bench = begun();
    const resting = bench.work();
    const underWay = bench.send({ limit: ticks(9_900) });
    bench.happen(request("drain"));
    bench.want({ limit: ticks(9_800) });
    expect(bench.take("commit-intents")).toEqual([]);
    expect(bench.take("release-lease")).toEqual([]);
    bench.accepted(underWay, { limit: ticks(9_900) });
    const last = bench.commands
      .filter(({ kind }) => kind === "record-book" || kind === "release-lease")
      .map(({ kind }) => kind);
    expect(last.at(-1)).toBe("release-lease");
    expect(bench.take("cancel")).toEqual([]);
    expect(bench.take("disarm-dead-man")).toEqual([]);
    expect(bench.session.view.phase).toBe("released");
    expect(resting).toBe(orderId(1));
  });

  test("KS-27 a stop disarms the dead-man's switch as its last act, when nothing refreshes it any more", () => {
    const bench = begun();
    bench.happen(request("stop"));
    const kinds = bench.commands
      .map(({ kind }) => kind)
      .filter((kind) => kind.includes("dead-man") || kind === "release-lease");
    expect(kinds.slice(-2)).toEqual(["disarm-dead-man", "release-lease"]);
    bench.commands.length = 0;
    bench.pass(60_000);
    expect(bench.take("refresh-dead-man")).toEqual([]);
  });
});

test("a session is a function of its events: the same events give the same commands", () => {
  const play = () => {
    const bench = begun();
    bench.filled(bench.work(), 300);
    bench.kill("REDUCE_ONLY");
    bench.happen({ kind: "operator-asked", request: { id: "r1", scope: "global", action: "flatten" } });
    bench.pass(8_000);
    return bench.commands;
  };
  expect(play()).toEqual(play());
});
