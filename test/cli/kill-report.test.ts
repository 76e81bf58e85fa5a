import { expect, test } from "vitest";
import type { AccountEvidence, KillReport } from "../../src/actions/kill/kill-report.ts";
import { killReportLines } from "../../src/cli/present/kill.ts";

const account: AccountEvidence = {
  ...{ venue: "paper", account: "main", ordersBefore: [], canceled: [], filledWhileCancelling: [], ordersAfter: [] },
  ...{ foreign: [], positionsBefore: [], positionsAfter: [], snapshotAt: "2026-01-01T00:00:00.000Z", proven: true },
};
const report: KillReport = {
  ...{ commandId: "one", scope: "global", level: "BLOCK", epoch: 2, reason: "test", verdict: "verified", doubts: [] },
  ...{ held: [], since: undefined, ordersAfter: 0, propagationMs: 1, durationMs: 2, journal: 3 },
  stores: [{ store: "postgres", accepted: true, changed: false }],
  workers: [{ worker: "worker-1", by: "none" }],
  accounts: [account],
};
const text = (more: Partial<KillReport>) => killReportLines({ ...report, ...more }).join("\n");

test("KS-19 a store that a worker of this very kill was first to tell is not said to have held it before; another's kill is", () => {
  expect(text({})).toMatch(/^postgres +yes$/m);
  expect(text({})).not.toContain("before this kill");
  const since = { by: "ann", at: "2026-01-01T02:13:05.123Z", reason: "odd fills" };
  expect(text({ since })).toContain("held before this kill by ann at 2026-01-01 02:13:05 UTC: odd fills");
});

test("KS-19 what a kill was not asked to touch is named, with what does it", () => {
  const left = { ...account, ordersAfter: ["a", "b"], positionsAfter: [{ instrument: "BTC-USD", quantity: 2 }] };
  const said = text({ scope: "strategy:x", accounts: [left] });
  expect(said).toContain("own orders at the venue, 2: ttt kill --scope strategy:x --cancel withdraws them");
  const flatten = "position of 2 BTC-USD: ttt kill --scope strategy:x --flatten";
  expect(said).toContain(`${flatten} says how to close it from a block`);
  expect(text({ scope: "strategy:x", level: "REDUCE_ONLY", accounts: [left] })).toContain(`${flatten} closes it`);
  expect(text({})).not.toContain("left as it was");
  // Where something is in doubt, the doubts say it.
  expect(text({ verdict: "residual-position", accounts: [left] })).not.toContain("left as it was");
});

test("KS-10 a worker that has not confirmed is not to be overlooked", () => {
  expect(text({ verdict: "unacknowledged" })).toMatch(/^worker-1 +NOT YET /m);
});
