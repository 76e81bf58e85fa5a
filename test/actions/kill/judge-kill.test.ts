import { expect, test } from "vitest";
import type { KillRequest } from "../../../src/actions/kill/engage-kill-switch.ts";
import { judgeKill } from "../../../src/actions/kill/judge-kill.ts";
import type { AccountEvidence, StoreEvidence, WorkerEvidence } from "../../../src/actions/kill/kill-report.ts";
import { SENTINEL } from "../../../src/actions/kill/scope-reach.ts";
import type { AccountShape } from "../../../src/ports/trading-account.ts";
import { accountId, strategyId } from "../../../src/trading/instrument.ts";
import { partitionId } from "../../../src/trading/lease.ts";
import type { Scope } from "../../../src/trading/scope.ts";
import { BTC } from "../../support/risk-context.ts";

const LEVEL_ONLY = { scope: "global", cancel: false, flatten: false } as const;
const CANCEL = { ...LEVEL_ONLY, cancel: true } as const;
/** The account that the evidence is about. */
const MAIN: AccountShape = {
  account: accountId("main"),
  instruments: new Map([[BTC.id, BTC]]),
  partitions: [{ id: partitionId("sma-cross-btc"), strategy: strategyId("sma-cross"), instrument: BTC.id }],
};
const taken: StoreEvidence = { store: "postgres", accepted: true };
const refused: StoreEvidence = { store: "postgres", accepted: false, error: "connection refused" };
const file: StoreEvidence = { store: "file", accepted: true };
const acked: WorkerEvidence = { worker: "worker-1", by: "socket", epoch: 2 };
const ACKED = { workers: [acked], isComplete: true };
const silent: WorkerEvidence = { worker: "worker-2", by: "none" };

function account(seen: Partial<AccountEvidence> = {}): AccountEvidence {
  const none = { ordersBefore: [], canceled: [], filledWhileCancelling: [], ordersAfter: [], foreign: [] };
  const flat = { positionsBefore: [], positionsAfter: [], snapshotAt: "2026-01-01T00:00:00.000Z", proven: true };
  return { venue: "paper", account: "main", ...none, ...flat, ...seen };
}

function verdict(
  asked: Pick<KillRequest, "scope" | "cancel" | "flatten">,
  stores: StoreEvidence[],
  workers: WorkerEvidence[],
  accounts: AccountEvidence[],
  mayRunElsewhere = false,
  isComplete = true,
) {
  return judgeKill(
    { accounts: accounts.map(() => MAIN), mayRunElsewhere },
    asked,
    stores,
    { workers, isComplete },
    accounts,
  );
}

test("KS-19 verified only when a store took it, every worker acknowledged and the venue was looked at", () => {
  expect(verdict(LEVEL_ONLY, [taken, file], [acked], [account()])).toEqual({ verdict: "verified", doubts: [] });
});

test("KS-19 a venue that cannot be looked at may hold orders, whatever was asked", () => {
  const away = account({ snapshotAt: undefined, error: "the paper venue is not running" });
  expect(verdict(LEVEL_ONLY, [taken], [acked], [away]).verdict).toBe("residual-orders");
  expect(verdict(CANCEL, [taken], [acked], [away]).verdict).toBe("residual-orders");
  expect(verdict(LEVEL_ONLY, [taken], [acked], []).verdict).toBe("residual-orders");
});

test("KS-19 orders that were not to be withdrawn are no doubt; those that were, are", () => {
  const resting = account({ ordersAfter: ["a"] });
  expect(verdict(LEVEL_ONLY, [taken], [acked], [resting]).verdict).toBe("verified");
  expect(verdict(CANCEL, [taken], [acked], [resting]).verdict).toBe("residual-orders");
  expect(verdict(CANCEL, [taken], [acked], [account({ proven: false })]).verdict).toBe("residual-orders");
});

test("KS-10 KS-19 one silent worker outweighs the rest", () => {
  expect(verdict(CANCEL, [taken], [acked, silent], [account({ ordersAfter: ["a"] })]).verdict).toBe("unacknowledged");
});

test("KS-10 KS-19 without the authority nobody vouches for workers on other hosts", () => {
  expect(verdict(LEVEL_ONLY, [refused, file], [acked], [account()], true).verdict).toBe("unacknowledged");
  expect(verdict(LEVEL_ONLY, [refused, file], [acked], [account()], false).verdict).toBe("verified");
  // It took the level and went away before it said who the workers are.
  expect(verdict(LEVEL_ONLY, [taken, file], [acked], [account()], true, false).verdict).toBe("unacknowledged");
  expect(verdict(LEVEL_ONLY, [taken, file], [acked], [account()], true, true).verdict).toBe("verified");
});

test("KS-19 KS-21 what could not be read of the configuration may have named accounts that nobody looked at", () => {
  const ports = { accounts: [MAIN], mayRunElsewhere: false, unread: ["trading is not valid"] };
  expect(judgeKill(ports, LEVEL_ONLY, [taken], ACKED, [account()])).toEqual({
    verdict: "residual-orders",
    doubts: [expect.stringContaining("trading is not valid")],
  });
});

test("KS-03 KS-19 a scope in which nothing is traded may be a slip of the pen: not verified, and the nearest is named", () => {
  const judge = (scope: Scope) =>
    judgeKill({ accounts: [MAIN], mayRunElsewhere: false }, { ...LEVEL_ONLY, scope }, [taken], ACKED, []);
  const cases: [Scope, string][] = [
    ["strategy:SMA-CROSS", "did you mean strategy:sma-cross?"],
    ["account:paper/main", "did you mean account:main?"],
    ["strategy:zzz", "there is strategy:sma-cross"],
    [`venue:${BTC.venue}r`, `did you mean venue:${BTC.venue}?`],
  ];
  for (const [scope, words] of cases) {
    expect(judge(scope)).toEqual({ verdict: "residual-orders", doubts: [expect.stringContaining(words)] });
  }
  // What is traded is reached, and a drill is meant to stop nobody.
  for (const scope of ["global", "strategy:sma-cross", "account:main", `instrument:${BTC.id}`, SENTINEL] as const) {
    expect(judge(scope)).toEqual({ verdict: "verified", doubts: [] });
  }
});

test("KS-19 nothing took it", () => {
  expect(verdict(LEVEL_ONLY, [refused], [], [account()]).verdict).toBe("not-stored");
});
