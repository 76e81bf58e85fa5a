import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acceptBacktest, type BacktestDesk } from "../../../src/actions/accept-backtest.ts";
import { decodeReport, encodeReport } from "../../../src/actions/backtest-documents.ts";
import { setFlag, unsetFlag } from "../../../src/actions/flags/change-flag.ts";
import { runBacktest } from "../../../src/actions/run-backtest.ts";
import { hashOfBars } from "../../../src/adapters/files/bar-hash.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { type RunSpec, runSpecSchema } from "../../../src/backtest/run-spec.ts";
import { sharedBarsRef } from "../../../src/backtest/shared-bars.ts";
import { isFinal, type Job } from "../../../src/ops/job.ts";
import type { BarStore } from "../../../src/ports/bar-store.ts";
import { flagStore } from "../../../src/runtime/flags.ts";
import { openStrategies } from "../../../src/runtime/workbench.ts";
import { BUILT_IN_STRATEGIES } from "../../../src/strategy/builtin/index.ts";
import { startBacktester, type TestBacktester } from "../../support/backtester.ts";
import { livelyBars } from "../../support/market-bars.ts";
import { migratedDatabase } from "../../support/servers/shared.ts";
import { until } from "../../support/until.ts";

const FAULTY = join(import.meta.dirname, "../../support/strategies/faulty.ts");
const columns = livelyBars(3000);
const hash = hashOfBars(columns);
const ref = sharedBarsRef({ hash, synthetic: true });
const spec = (more: object = {}): RunSpec =>
  runSpecSchema.parse({
    strategy: "sma-cross",
    data: [{ ref, symbol: "BTC" }],
    options: { commission: 0.001 },
    ...more,
  });

describe("backtester", () => {
  let backtester: TestBacktester;
  let desk: BacktestDesk;
  let looks = 0;

  beforeAll(async () => {
    backtester = await startBacktester(await migratedDatabase(), {
      heapMb: 64,
      onProgress: (what) => {
        if (what === "look") looks += 1;
      },
    });
    const noDatasets: Pick<BarStore, "find" | "read"> = { find: async () => undefined, read: async () => undefined };
    desk = { ...backtester, bars: noDatasets, strategies: BUILT_IN_STRATEGIES, buildHash: "build-1" };
    await backtester.vault.put(hash, { columns, name: "test" });
  });
  afterAll(() => backtester.close());

  const ended = (id: string, at = backtester): Promise<Job> =>
    until(`the end of ${id}`, async () => {
      const job = await at.jobs.find(id);
      return job && isFinal(job.state) && job;
    });
  /** Straight into the store: the desk would refuse a strategy that is not registered. */
  const submitFaulty = async (params: object, to = backtester) => {
    const faulty = spec({ strategy: FAULTY, params });
    const key = createHash("sha256").update(JSON.stringify(faulty)).digest("hex");
    const { job } = await to.jobs.submit({ kind: "backtest", key, spec: faulty, submittedBy: "test" });
    await to.queue.ring();
    return job;
  };

  test("OR-05 with the flag backtest.work off a job waits, and is taken once it is on again; each daemon follows live", async () => {
    const ports = { flags: flagStore(backtester.database), clock: systemClock };
    const command = { actor: "test", origin: "test", commandId: "flags" };
    await setFlag(ports, { name: "backtest.work", value: "off", reason: "busy" }, command);
    await until("the flag to be heard of", () => !backtester.flags.get("backtest.work"));
    const before = looks;
    // A look that began before that may be one; the one after it is not.
    await until("two looks", () => looks >= before + 2);
    const { job } = await acceptBacktest(spec({ params: { fast: 6, slow: 21 } }), { submittedBy: "test" }, desk);
    const submitted = looks;
    await until("two more looks", () => looks >= submitted + 2);
    expect(await backtester.jobs.find(job.id)).toMatchObject({ state: "queued", attempts: 0 });
    await unsetFlag(ports, { name: "backtest.work", reason: "free again" }, command);
    expect(await ended(job.id)).toMatchObject({ state: "succeeded" });
  });

  test("OR-05 with the flag backtest.pause a backtester rests after each job, and works on as soon as it is unset", async () => {
    const ports = { flags: flagStore(backtester.database), clock: systemClock };
    const command = { actor: "test", origin: "test", commandId: "pause" };
    await setFlag(ports, { name: "backtest.pause", value: "60000", reason: "busy" }, command);
    await until("the flag to be heard of", () => backtester.flags.get("backtest.pause") === 60_000);
    const submit = (fast: number) =>
      acceptBacktest(spec({ params: { fast, slow: 22 } }), { submittedBy: "test" }, desk).then(({ job }) => job.id);
    const first = await submit(8);
    expect(await ended(first)).toMatchObject({ state: "succeeded" });
    const second = await submit(9);
    const submitted = looks;
    // It is alive, and looks at the flag again and again, but takes nothing.
    await until("more looks", () => looks >= submitted + 4);
    expect(await backtester.jobs.find(second)).toMatchObject({ state: "queued", attempts: 0 });
    await unsetFlag(ports, { name: "backtest.pause", reason: "free again" }, command);
    expect(await ended(second)).toMatchObject({ state: "succeeded" });
  });

  test("OA-05 a submitted backtest gives the same bytes as one in process", async () => {
    const { job } = await acceptBacktest(spec({ params: { fast: "5", slow: 20 } }), { submittedBy: "test" }, desk);
    expect(await ended(job.id)).toMatchObject({ state: "succeeded", attempts: 1, owner: "backtester-1" });
    const stored = await backtester.jobs.document(job.id, "report.json");
    const { report } = await runBacktest(spec({ params: { fast: 5, slow: 20 } }), {
      strategies: openStrategies(),
      bars: {
        read: async () =>
          backtester.vault.get(hash).then((one) => one && { ...one, info: { ...one.info, synthetic: true } }),
      },
    });
    // The test runner rewrites the strategy's code in this process, so its hash, and with it the run's id, are others.
    const { id, strategyHash } = report;
    const same = { ...decodeReport(stored!.bytes), id, strategyHash };
    expect(new TextDecoder().decode(encodeReport(same))).toBe(new TextDecoder().decode(encodeReport(report)));
    expect(report.trades.length).toBeGreaterThan(20);
  });

  test("equal work is not done twice", async () => {
    const first = await acceptBacktest(spec({ params: { fast: 7 } }), { submittedBy: "one" }, desk);
    await ended(first.job.id);
    const again = await acceptBacktest(spec({ params: { fast: "7" } }), { submittedBy: "two" }, desk);
    expect(again).toMatchObject({ created: false, job: { id: first.job.id, state: "succeeded" } });
    const other = { ...desk, buildHash: "build-2" };
    expect(await acceptBacktest(spec({ params: { fast: 7 } }), { submittedBy: "one" }, other)).toMatchObject({
      created: true,
    });
  });

  test.each([
    ["an unknown strategy", { strategy: "nonesuch" }, "STRATEGY_UNKNOWN"],
    ["a path of a strategy", { strategy: FAULTY }, "STRATEGY_UNKNOWN"],
    ["code that is sent", { source: "export default 1" }, "STRATEGY_SENT"],
    ["an unknown parameter", { params: { speed: 1 } }, "PARAM_UNKNOWN"],
    ["parameters that do not fit each other", { params: { fast: 30, slow: 10 } }, "PARAM_COMBINATION"],
    ["a path of data", { data: [{ ref: "/etc/passwd" }] }, "BARS_UNKNOWN"],
    ["bars that nobody sent", { data: [{ ref: `sha256:${"0".repeat(64)}` }] }, "BARS_UNKNOWN"],
    ["other bars than were meant", { data: [{ ref, hash: "0".repeat(64) }] }, "DATA_CHANGED"],
  ])("refuses %s at once", async (_what, more, code) => {
    await expect(acceptBacktest(spec(more), { submittedBy: "test" }, desk)).rejects.toMatchObject({
      details: { code },
    });
  });

  test("a strategy that throws fails its job with the bar and the parameters, and the next job runs", async () => {
    const job = await submitFaulty({ fault: "throw" });
    const end = await ended(job.id);
    expect(end).toMatchObject({ state: "failed", attempts: 1, failure: { code: "STRATEGY_THREW", exit: "jobFailed" } });
    expect(end.failure?.message).toMatch(/at bar 101 .*this strategy throws/);
    expect(end.failure?.found).toContain('"fault":"throw"');
    const next = await acceptBacktest(spec({ params: { fast: 8 } }), { submittedBy: "test" }, desk);
    expect(await ended(next.job.id)).toMatchObject({ state: "succeeded" });
  });

  test("a strategy that loops for ever fails its job with the bar", async () => {
    // Longer than a busy machine takes for a bar, or to load the file.
    const hasty = await startBacktester(await migratedDatabase(), { stuckMs: 4_000 });
    await hasty.vault.put(hash, { columns, name: "test" });
    const end = await ended((await submitFaulty({ fault: "loop" }, hasty)).id, hasty);
    await hasty.close();
    expect(end).toMatchObject({ state: "failed", failure: { code: "STRATEGY_STUCK" } });
    expect(end.failure?.message).toContain("bar 101");
  });

  test("a strategy that eats memory fails its job, not the daemon", async () => {
    const end = await ended((await submitFaulty({ fault: "memory" })).id);
    expect(end).toMatchObject({ state: "failed", failure: { code: "JOB_OUT_OF_MEMORY" } });
  });

  test("a running job shows its progress and can be cancelled", async () => {
    const job = await submitFaulty({ fault: "slow", at: 10 });
    await until("progress", async () => ((await backtester.jobs.find(job.id))?.progress ?? 0) > 0);
    await backtester.jobs.cancel(job.id);
    const end = await ended(job.id);
    expect(end.state).toBe("cancelled");
    expect(await backtester.jobs.document(job.id, "report.json")).toBeUndefined();
  });

  test("a backtester that leaves gives its job back, and another one takes it", async () => {
    const url = await migratedDatabase();
    const [first, second] = [
      await startBacktester(url, { owner: "first" }),
      await startBacktester(url, { owner: "second" }),
    ];
    await first.vault.put(hash, { columns, name: "test" });
    const { job } = await first.jobs.submit({
      ...{ kind: "backtest", key: "slow", submittedBy: "test" },
      spec: spec({ strategy: FAULTY, params: { fault: "slow", at: 0 } }),
    });
    await first.queue.ring();
    const owner = await until("an owner", async () => (await second.jobs.find(job.id))?.owner);
    await (owner === "first" ? first : second).close();
    const other = owner === "first" ? second : first;
    await until("another owner", async () => {
      const now = await other.jobs.find(job.id);
      return now?.state === "running" && now.owner !== owner;
    });
    expect(await other.jobs.find(job.id)).toMatchObject({ attempts: 1 });
    await other.close();
  });
});
