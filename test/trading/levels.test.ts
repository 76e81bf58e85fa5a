import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Authority, type Departure, mayLeave } from "../../src/trading/gate.ts";
import {
  arm,
  combineStores,
  decidingScope,
  effectiveLevel,
  type KillState,
  kill,
  type StoreReading,
  type StoreRole,
} from "../../src/trading/kill-state.ts";
import { LEASE_GUARD_MS } from "../../src/trading/lease.ts";
import { LEVELS, type Level, parseLevel, stricter } from "../../src/trading/level.ts";
import {
  issuePermit,
  laterPermit,
  PERMIT_LIFE_MS,
  type PushedLevel,
  supersedes,
  underPushes,
} from "../../src/trading/permit.ts";
import { contains, parseScope, type Scope, scopesOf } from "../../src/trading/scope.ts";
import { OWNER, PARTITION } from "../support/risk-context.ts";

const level = fc.constantFrom(...LEVELS);
const scope = fc.constantFrom(...scopesOf(OWNER), "strategy:other" as Scope, "account:other" as Scope);
const state: fc.Arbitrary<KillState> = fc
  .record({ epoch: fc.integer({ min: 1, max: 50 }), levels: fc.array(fc.tuple(scope, level), { maxLength: 6 }) })
  .map(({ epoch, levels }) => ({
    epoch,
    levels: new Map(levels.map(([one, set]) => [one, { level: set, since: epoch }])),
  }));

const read = (store: string, role: StoreRole, held: KillState): StoreReading => ({
  store,
  role,
  status: "read",
  state: held,
});
const running: KillState = { epoch: 5, levels: new Map([["global", { level: "RUN", since: 5 }]]) };
const blocked: KillState = { epoch: 5, levels: new Map([["global", { level: "BLOCK", since: 5 }]]) };
const rank = (one: Level) => LEVELS.indexOf(one);

describe("levels and scopes", () => {
  test("anything from outside that is not a level is a BLOCK", () => {
    expect(["RUN", "run", "", null, undefined, 1, "REDUCE_ONLY "].map(parseLevel)).toEqual([
      "RUN",
      "BLOCK",
      "BLOCK",
      "BLOCK",
      "BLOCK",
      "BLOCK",
      "BLOCK",
    ]);
  });

  test("KS-01 KS-02 a scope selects exactly the orders that are tagged with it", () => {
    expect(scopesOf(OWNER)).toEqual([
      "global",
      "venue:paper",
      "account:main",
      "strategy:sma-cross",
      "instrument:BTC-USD",
    ]);
    for (const one of scopesOf(OWNER)) expect(contains(one, OWNER)).toBe(true);
    for (const one of ["venue:other", "account:mai", "strategy:sma", "instrument:BTC"] as Scope[])
      expect(contains(one, OWNER)).toBe(false);
    expect(
      ["global", "strategy:sma-cross", "strategy:", "desk:x", "account:a b", "GLOBAL"].map(
        (one) => parseScope(one) !== undefined,
      ),
    ).toEqual([true, true, false, false, false, false]);
  });

  test("KS-03 the strictest of all scopes an order lies in decides, whatever the others say", () => {
    fc.assert(
      fc.property(state, (held) => {
        const own = scopesOf(OWNER).map((one) => held.levels.get(one)?.level ?? "RUN");
        const effective = effectiveLevel(held, OWNER);
        expect(rank(effective)).toBe(Math.max(...own.map(rank)));
        expect(held.levels.get(decidingScope(held, OWNER))?.level ?? "RUN").toBe(effective);
      }),
    );
  });

  test("KS-03 arming a narrow scope never loosens a wider one", () => {
    fc.assert(
      fc.property(state, scope, (held, armed) => {
        const after = arm(held, armed, "RUN");
        for (const one of scopesOf(OWNER))
          if (one !== armed) expect(after.levels.get(one)).toEqual(held.levels.get(one));
      }),
    );
  });

  test("KS-20 a kill never weakens, and a kill that asks for nothing new counts no epoch", () => {
    fc.assert(
      fc.property(state, scope, level, (held, at, asked) => {
        const { state: after, changed } = kill(held, at, asked);
        expect(rank(effectiveLevel(after, OWNER))).toBeGreaterThanOrEqual(rank(effectiveLevel(held, OWNER)));
        expect(after.epoch).toBe(held.epoch + (changed ? 1 : 0));
        expect(kill(after, at, asked)).toEqual({ state: after, changed: false });
      }),
    );
  });

  test("KS-23 an arm is always a new epoch", () => {
    expect(arm(blocked, "global", "RUN")).toEqual({
      epoch: 6,
      levels: new Map([["global", { level: "RUN", since: 6 }]]),
    });
  });
});

describe("stores read as one", () => {
  const authority = read("postgres", "authority", running);

  test("KS-06 a kill in any store applies", () => {
    for (const role of ["copy", "latch"] as const) {
      expect(effectiveLevel(combineStores([authority, read("other", role, blocked)]), OWNER)).toBe("BLOCK");
    }
    expect(
      effectiveLevel(combineStores([read("postgres", "authority", blocked), read("redis", "copy", running)]), OWNER),
    ).toBe("BLOCK");
  });

  test("KS-06 it is never looser than any one of them", () => {
    const role = fc.constantFrom<StoreRole[]>("authority", "copy", "latch");
    const reading = fc.oneof(
      fc.tuple(role, state).map(([one, held]) => read("s", one, held)),
      fc
        .tuple(role, fc.constantFrom("absent" as const, "unreachable" as const))
        .map(([one, status]): StoreReading => ({ store: "s", role: one, status })),
    );
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 4 }), (readings) => {
        const combined = effectiveLevel(combineStores(readings), OWNER);
        for (const one of readings) {
          if (one.status === "read") expect(stricter(combined, effectiveLevel(one.state, OWNER))).toBe(combined);
        }
        expect(effectiveLevel(combineStores(readings.toReversed()), OWNER)).toBe(combined);
      }),
    );
  });

  test("KS-08 an empty copy blocks; an empty latch has nothing to say", () => {
    const empty = (role: StoreRole): StoreReading => ({ store: "empty", role, status: "absent" });
    expect(combineStores([authority, empty("copy")])).toMatchObject({ missing: ["empty"], agreed: false });
    expect(effectiveLevel(combineStores([authority, empty("copy")]), OWNER)).toBe("BLOCK");
    expect(effectiveLevel(combineStores([authority, empty("latch")]), OWNER)).toBe("RUN");
  });

  test("KS-07 a store that does not answer blocks", () => {
    const silent = (role: StoreRole): StoreReading => ({ store: "silent", role, status: "unreachable" });
    for (const role of ["copy", "latch"] as const)
      expect(effectiveLevel(combineStores([authority, silent(role)]), OWNER)).toBe("BLOCK");
    expect(effectiveLevel(combineStores([silent("authority"), read("redis", "copy", running)]), OWNER)).toBe("BLOCK");
    expect(effectiveLevel(combineStores([]), OWNER)).toBe("BLOCK");
  });

  test("KS-04 an authority without a global level is not one that allows", () => {
    expect(effectiveLevel(combineStores([read("postgres", "authority", { epoch: 0, levels: new Map() })]), OWNER)).toBe(
      "BLOCK",
    );
  });

  test("KS-06 stores agree only when authority and copies show one epoch", () => {
    const ahead = { ...running, epoch: 6 };
    expect(combineStores([authority, read("redis", "copy", running)]).agreed).toBe(true);
    expect(combineStores([authority, read("redis", "copy", ahead)]).agreed).toBe(false);
    expect(combineStores([authority, read("file", "latch", ahead)]).agreed).toBe(true);
  });
});

describe("permit", () => {
  const readings = [read("postgres", "authority", running)];

  test("KS-07 counts from when the read began, not from when it was answered", () => {
    expect(issuePermit(readings, 10_000)).toMatchObject({ readAt: 10_000, expires: 10_000 + PERMIT_LIFE_MS });
  });

  test("KS-07 nothing but the authority gives one: a fresh copy cannot keep it alive", () => {
    const silent: StoreReading = { store: "postgres", role: "authority", status: "unreachable" };
    expect(
      issuePermit([silent, read("redis", "copy", running), read("file", "latch", running)], 10_000),
    ).toBeUndefined();
    expect(issuePermit([{ ...silent, status: "absent" }], 10_000)).toBeUndefined();
  });

  test("a read that began later wins, whatever arrives first", () => {
    const early = issuePermit(readings, 10_000)!;
    const late = issuePermit([read("postgres", "authority", blocked)], 10_500)!;
    expect(laterPermit(late, early)).toBe(late);
    expect(laterPermit(early, late)).toBe(late);
    expect(laterPermit(undefined, early)).toBe(early);
  });

  test("a push raises until the authority speaks for it, and only an arm of its own scope ends one that it never heard of", () => {
    const push = (change: Partial<PushedLevel>): PushedLevel => ({
      scope: "global",
      level: "BLOCK",
      epoch: 6,
      heldEpoch: 5,
      ...change,
    });
    expect(effectiveLevel(underPushes(running, [push({})]), OWNER)).toBe("BLOCK");
    expect(effectiveLevel(underPushes(blocked, [push({ level: "REDUCE_ONLY" })]), OWNER)).toBe("BLOCK");
    // The authority has reached that epoch: what it shows is the truth, an arm included.
    expect(supersedes({ ...running, epoch: 6 }, push({}))).toBe(true);
    const unheard = push({ epoch: undefined });
    const elsewhere = arm(running, "strategy:other", "RUN");
    expect(effectiveLevel(underPushes(elsewhere, [unheard]), OWNER)).toBe("BLOCK");
    expect(effectiveLevel(underPushes(arm(running, "global", "RUN"), [unheard]), OWNER)).toBe("RUN");
  });
});

describe("the last gate", () => {
  const permit = issuePermit([read("postgres", "authority", running)], 10_000)!;
  const lease = { partition: PARTITION, token: 3, expires: 16_000 };
  const order: Departure = { owner: OWNER, token: 3, epoch: 5, reducing: false };
  const holds: Authority = { permit, lease, pushes: [] };
  const refusal = (departure: Partial<Departure>, authority: Partial<Authority> = {}, now = 11_000) => {
    const verdict = mayLeave({ ...order, ...departure }, { ...holds, ...authority }, now);
    return verdict.ok ? "leaves" : verdict.refusal.code;
  };

  test("KS-11 lets an order through under level, permit, lease and epoch that hold, and refuses it when any does not", () => {
    expect(refusal({})).toBe("leaves");
    expect(refusal({}, { permit: undefined })).toBe("PERMIT_MISSING");
    expect(refusal({}, {}, permit.expires - 1)).toBe("leaves");
    expect(refusal({}, {}, permit.expires)).toBe("PERMIT_EXPIRED");
    expect(refusal({}, { lease: undefined })).toBe("LEASE_MISSING");
    expect(refusal({}, { lease: { ...lease, expires: 11_000 + LEASE_GUARD_MS } })).toBe("LEASE_EXPIRED");
    const push: PushedLevel = { scope: "account:main", level: "BLOCK", epoch: 6, heldEpoch: 5 };
    expect(refusal({}, { pushes: [push] })).toBe("KILL_BLOCKED");
  });

  test("KS-11 nothing that was decided before a change of epoch leaves after it, not even when the change is elsewhere", () => {
    const elsewhere = issuePermit(
      [read("postgres", "authority", kill(running, "strategy:other", "BLOCK").state)],
      10_500,
    )!;
    expect(refusal({}, { permit: elsewhere })).toBe("EPOCH_CHANGED");
    expect(refusal({ epoch: 6 }, { permit: elsewhere })).toBe("leaves");
  });

  test("KS-31 a refusal by level names scope, level and epoch", () => {
    const killed = issuePermit(
      [read("postgres", "authority", kill(running, "strategy:sma-cross", "REDUCE_ONLY").state)],
      10_500,
    )!;
    expect(mayLeave({ ...order, epoch: 6 }, { ...holds, permit: killed }, 11_000)).toEqual({
      ok: false,
      refusal: { code: "KILL_BLOCKED", scope: "strategy:sma-cross", level: "REDUCE_ONLY", epoch: 6 },
    });
    expect(refusal({ epoch: 6, reducing: true }, { permit: killed })).toBe("leaves");
  });

  test("KS-37 an order of an old holder is refused", () => {
    expect(refusal({ token: 2 })).toBe("TOKEN_STALE");
    expect(refusal({}, { lease: { ...lease, token: 4 } })).toBe("TOKEN_STALE");
  });

  test("KS-11 no combination lets an order out under a level that forbids it", () => {
    fc.assert(
      fc.property(state, fc.boolean(), fc.integer({ min: 9_000, max: 20_000 }), (held, reducing, now) => {
        const offered = issuePermit([read("postgres", "authority", held)], 10_000);
        const verdict = mayLeave({ ...order, epoch: held.epoch, reducing }, { ...holds, permit: offered }, now);
        if (!verdict.ok) return;
        expect(now).toBeLessThan(12_000);
        expect(effectiveLevel(offered!.state, OWNER)).not.toBe("BLOCK");
        if (!reducing) expect(effectiveLevel(offered!.state, OWNER)).toBe("RUN");
      }),
    );
  });
});
