import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { KillReport } from "../../src/actions/kill/kill-report.ts";
import { TradingStack, until } from "../support/trading-stack.ts";

const TTT = join(import.meta.dirname, "..", "..", "bin", "ttt");

let stack: TradingStack;
beforeAll(async () => {
  stack = await TradingStack.open({ partitions: "sma-cross@SYN-USD?fast=2&slow=4&units=10" });
  await stack.startAll();
}, 60_000);
afterAll(() => stack.close());

const levelOf = async (scope: string) =>
  (await stack.sql.query<{ level: string }>("SELECT level FROM trading_level WHERE scope = $1", [scope]))[0]?.level;

/** The market stands still while the strategy holds something: exits cannot fill. */
async function holdStill(): Promise<void> {
  await until(async () => {
    await stack.venue.ask({ op: "pace", paused: true });
    if ((await stack.venuePosition("SYN-USD")) !== 0) return true;
    await stack.venue.ask({ op: "pace", paused: false });
    return false;
  });
}

/** Whatever a test has stopped, or broken off in the middle, trades again before the next. */
afterEach(async () => {
  stack.postgres.resume();
  await stack.venue.ask({ op: "pace", paused: false });
  if (stack.hasEnded("worker-1")) await stack.start("worker-1");
  for (const scope of ["global", "venue:paper", "strategy:sma-cross"]) {
    // Refused as long as what a test took away is not back: the refusal itself says to ask again.
    await until(async () => (await stack.ttt("arm", "--scope", scope, "--reason", "test")).exitCode === 0);
  }
});

describe("what the checks of a real worker saw", () => {
  test("RC-16 RC-51 the venue's own price of the same bar and its clock, against limits that are on by default", async () => {
    const seen = async (name: string) => {
      const [row] = await stack.sql.query<{ observed: number | null }>(
        `SELECT (r->'verdict'->'values'->>($1 || '.observed'))::float8 AS observed
         FROM order_intent, jsonb_array_elements(decision->'results') AS r
         WHERE r->'verdict'->'values' ? ($1 || '.observed') LIMIT 1`,
        [name],
      );
      return row?.observed;
    };
    await until(async () => (await seen("maxSourceSpreadRatio")) !== undefined);
    expect(await seen("maxSourceSpreadRatio")).toBe(0);
    // One host, one clock: what little there is lies between two readings of it.
    expect(await seen("maxClockSkewMs")).toBeLessThan(100);
    expect(await seen("maxReferenceAgeMs")).toBeLessThan(120_000);
  });
});

/** Sets a limit of the strategy and gives its version; what makes it wider is asked for and approved. */
async function setLimit(change: string): Promise<number> {
  const where = ["--scope", "strategy:sma-cross", "--reason", "test", "--json"];
  const set = JSON.parse((await stack.ttt("risk", "limits", "set", change, ...where)).stdout);
  if (set.data.outcome !== "waiting") return set.data.version;
  return JSON.parse((await stack.ttt("risk", "limits", "approve", String(set.data.request), "--json")).stdout).data
    .version;
}
const armStrategy = async () =>
  (await stack.ttt("arm", "--scope", "strategy:sma-cross", "--reason", "looked at it")).exitCode === 0;
const heldFor = async (code: string) =>
  (await stack.held()).some(({ scope, reason }) => scope === "strategy:sma-cross" && reason.startsWith(code));
async function countIntents(where: string): Promise<number> {
  const [row] = await stack.sql.query<{ n: number }>(
    `SELECT count(*) AS n FROM order_intent o, trading_level l
     WHERE l.scope = 'strategy:sma-cross' AND o.origin = 'strategy' AND ${where}`,
  );
  return Number(row!.n);
}

describe("what stops a strategy and leaves its worker at work", () => {
  test("RC-42 applied too often without a person it is disabled, over a restart too, until somebody arms it again", async () => {
    await setLimit("maxRepeatedRuns=3");
    await until(() => heldFor("REPEATED_EXECUTION"));
    await stack.signal("worker-1", "SIGKILL");
    await stack.start("worker-1");
    expect(await levelOf("strategy:sma-cross")).toBe("REDUCE_ONLY");
    // An arm is what a person does: from there on it counts anew, and only so far.
    await until(armStrategy);
    await until(() => heldFor("REPEATED_EXECUTION"));
    expect(await countIntents("o.epoch >= l.armed_epoch")).toBeGreaterThan(0);
    const entries = await countIntents("o.epoch >= l.armed_epoch AND NOT (o.body->>'reducing')::boolean");
    expect(entries).toBeLessThanOrEqual(3);
    const version = await setLimit("maxRepeatedRuns=none");
    await until(
      async () =>
        (await armStrategy()) && (await countIntents(`(o.decision->>'limitsVersion')::int >= ${version}`)) > 0,
    );
  });

  test("RC-11 RC-50 a build that is not the approved one blocks, and what is on the do-not-trade list is not ordered", async () => {
    const restartedWith = async (settings: Record<string, string>) => {
      await stack.signal("worker-1", "SIGTERM");
      Object.assign(stack.env, settings);
      await stack.start("worker-1");
    };
    await restartedWith({ TTT_TRADING_APPROVED_BUILD: "another", TTT_TRADING_RESTRICTED: "SYN-USD" });
    try {
      await until(() => heldFor("BUILD_SKEW"));
      expect(await levelOf("strategy:sma-cross")).toBe("BLOCK");
      const denies = (check: string, code: string) => JSON.stringify([{ check, verdict: { kind: "DENY", code } }]);
      await until(async () => {
        const [row] = await stack.sql.query(
          "SELECT 1 FROM order_denial WHERE decision->'results' @> $1 AND decision->'results' @> $2 LIMIT 1",
          [denies("RC-11", "RESTRICTED_INSTRUMENT"), denies("RC-50", "BUILD_NOT_APPROVED")],
        );
        return row !== undefined;
      });
    } finally {
      await restartedWith({ TTT_TRADING_APPROVED_BUILD: "", TTT_TRADING_RESTRICTED: "" });
    }
  });

  test("RC-05 OL-08 a denial that the store refuses blocks the strategy, is in the log whole, and ends no worker", async () => {
    const { pid } = stack.process("worker-1");
    await stack.sql.execute("ALTER TABLE order_denial ADD CONSTRAINT refuses CHECK (false) NOT VALID");
    try {
      await setLimit("maxOrderNotional=1");
      await until(() => heldFor("CALL_FAILED: record-denials"));
      expect(await levelOf("strategy:sma-cross")).toBe("BLOCK");
      const told = () =>
        stack
          .log("worker-1")
          .split("\n")
          .find((line) => line.includes("a denial could not be recorded"));
      await until(() => told() !== undefined);
      expect(JSON.parse(told()!).decision).toMatchObject({ allowed: false, results: expect.any(Array) });
      // The worker goes on: it withdraws what rests when it is asked to.
      const { report } = await stack.kill("--scope", "strategy:sma-cross");
      expect(report.verdict).toBe("verified");
      expect([stack.hasEnded("worker-1"), stack.process("worker-1").pid]).toEqual([false, pid]);
    } finally {
      await stack.sql.execute("ALTER TABLE order_denial DROP CONSTRAINT refuses");
      await setLimit("maxOrderNotional=none");
    }
  });
});

describe("what a worker shows of itself", () => {
  test("KS-33 level, epoch, age of the permit and the dead-man's seconds are gauges", async () => {
    const scrape = async () => {
      const target = readFileSync(join(stack.home, "metrics", "worker-1.json"), "utf8");
      const [{ targets }] = JSON.parse(target) as [{ targets: string[] }];
      const text = await (await fetch(`http://${targets[0]}/metrics`)).text();
      return (name: string) => Number(text.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m"))?.[1]);
    };
    await until(async () => {
      const calm = await scrape();
      const age = calm("ttt_permit_age_seconds");
      const deadMan = calm("ttt_dead_man_seconds");
      return calm("ttt_trading_level") === 0 && age < calm("ttt_permit_life_seconds") && deadMan > 0 && deadMan <= 60;
    });
    const { report } = await stack.kill();
    await until(async () => (await scrape())("ttt_trading_level") === 2);
    expect((await scrape())("ttt_kill_epoch")).toBe(report.epoch);
    // Without the authority the permit ages past its life: that is what the alert looks at.
    stack.postgres.cut();
    await until(async () => {
      const now = await scrape();
      return now("ttt_permit_age_seconds") > now("ttt_permit_life_seconds");
    });
  });
});

describe("a person at the kill switch", () => {
  test("KS-22 nothing is ever asked: without a reason a kill ends at once, says how to type it, and stops nobody", async () => {
    for (const args of [["kill"], ["kill", "--reason", "  "], ["kill", "--yes", "--flatten"], ["arm"]]) {
      const { exitCode, stdout } = await stack.ttt(...args, "--json");
      expect(exitCode, args.join(" ")).toBe(2);
      const { error } = JSON.parse(stdout) as { error: { code: string; hint: string } };
      expect(error).toMatchObject({ code: "REASON_MISSING" });
      expect(error.hint).toContain(`ttt ${args[0]} --reason`);
    }
    expect(await levelOf("global")).toBe("RUN");
    // A script has no terminal and nobody at it.
    const { exitCode, stdout } = await stack.ttt("kill", "--yes", "--reason", "emergency", "--json");
    const { data } = JSON.parse(stdout) as { data: KillReport };
    expect([exitCode, data.verdict, data.reason]).toEqual([0, "verified", "emergency"]);
  });

  test("KS-06 KS-32 a kill while PostgreSQL is away, on a scope that is held, comes on record beside the first, with its evidence", async () => {
    const first = await stack.ttt("kill", "--reason", "maintenance");
    expect(first.exitCode).toBe(0);
    stack.postgres.stall();
    const second = await stack.ttt("kill", "--reason", "odd fills", "--command-id", "second", "--json");
    const { data } = JSON.parse(second.stdout) as { data: KillReport };
    expect([second.exitCode, data.journal]).toEqual([3, undefined]);
    stack.postgres.resume();
    const raised = () =>
      stack.sql.query<{ reason: string }>(
        `SELECT body::jsonb->>'reason' AS reason FROM journal
         WHERE kind = 'trading-level.raised' AND body::jsonb->>'reason' LIKE 'odd fills%'`,
      );
    await until(async () => (await raised()).length > 0);
    const status = await stack.ttt("kill", "status");
    expect(status.stdout).toMatch(/odd fills \(BLOCK, beside the BLOCK of epoch \d+ by \S+: maintenance\)/);
    // The report waited on the disk: whoever takes up what waits there brings it into the journal.
    expect((await stack.ttt("incident", "list")).exitCode).toBe(0);
    const evidence = await stack.sql.query<{ reason: string }>(
      `SELECT body::jsonb->>'reason' AS reason FROM journal
       WHERE kind = 'kill.evidence' AND command_id LIKE '%second%'`,
    );
    expect(evidence).toEqual([{ reason: "odd fills" }]);
    // It stays one kill, however often it is looked at.
    expect(await raised()).toHaveLength(1);
  });

  test("KS-16 KS-03 a flatten leaves each strategy blocked by itself: report, status and arm say so, and what to do", async () => {
    await until(async () => (await stack.venuePosition("SYN-USD")) !== 0);
    const { exitCode, report } = await stack.kill("--flatten");
    expect([exitCode, report.verdict]).toEqual([0, "verified"]);
    expect(report.held).toEqual(["strategy:sma-cross at BLOCK"]);
    const status = await stack.ttt("kill", "status");
    expect(status.stdout).toContain(
      "strategy:sma-cross stays blocked after its flatten: ttt arm --scope strategy:sma-cross",
    );
    expect(status.stdout).toMatch(/by \S+ at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: test/);
    const armed = await stack.ttt("arm", "--reason", "mended");
    expect(armed.stdout).toContain("global is armed");
    expect(armed.stdout).toContain("still held: strategy:sma-cross at BLOCK");
  });

  test("KS-16 from a block a flatten closes nothing, and names the steps that close positions and open none", async () => {
    await holdStill();
    expect((await stack.kill()).report.verdict).toBe("verified");
    const { exitCode, report } = await stack.kill("--flatten");
    expect([exitCode, report.verdict]).toEqual([5, "residual-position"]);
    const steps = /nothing else: (.*)$/.exec(report.doubts.at(-1)!)![1]!.split("; ");
    expect(steps).toEqual([
      "ttt kill --scope venue:paper --level REDUCE_ONLY --reason '…'",
      "ttt arm --reason '…'",
      "ttt kill --flatten --reason '…'",
    ]);
    await stack.venue.ask({ op: "pace", paused: false });
    expect((await stack.kill("--scope", "venue:paper", "--level", "REDUCE_ONLY")).report.verdict).toBe("verified");
    await until(async () => (await stack.ttt("arm", "--reason", "to close")).exitCode === 0);
    const closed = await stack.kill("--flatten");
    expect([closed.exitCode, closed.report.accounts[0]!.positionsAfter]).toEqual([0, []]);
  });

  test("KS-19 Ctrl-C in a flatten: what stands, what is left and what to do are said, with the code of what is left", async () => {
    await holdStill();
    const child = spawn(TTT, ["kill", "--flatten", "--timeout", "120", "--reason", "test", "--json"], {
      env: { PATH: process.env.PATH, ...stack.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const told = child.stdout.toArray();
    const ended = once(child, "exit");
    await until(async () => (await levelOf("global")) === "REDUCE_ONLY");
    child.kill("SIGINT");
    const [exitCode] = await ended;
    const { data } = JSON.parse(Buffer.concat(await told).toString()) as { data: KillReport };
    // As long as it was not proven that nothing rests, that counts before the position that is left.
    const left = data.accounts[0]!.proven ? [5, "residual-position"] : [4, "residual-orders"];
    expect([exitCode, data.verdict, data.level]).toEqual([...left, "REDUCE_ONLY"]);
    expect(data.accounts[0]!.positionsAfter).toMatchObject([{ instrument: "SYN-USD" }]);
    expect(data.doubts[0]).toContain("interrupted: global stays at REDUCE_ONLY");
    expect(data.doubts[1]).toContain("ttt kill --flatten");
    expect(data.journal).toBeTypeOf("number");
    expect(await levelOf("global")).toBe("REDUCE_ONLY");
    // The same command again goes on from there.
    await stack.venue.ask({ op: "pace", paused: false });
    const again = await stack.kill("--flatten");
    expect([again.exitCode, again.report.verdict, again.report.level]).toEqual([0, "verified", "BLOCK"]);
  });

  test("KS-21 KS-16 with every worker dead a flatten closes the positions itself, under a lease of its own", async () => {
    await holdStill();
    const heldBy = async () => (await stack.sql.query<{ token: number; holder: string }>("SELECT * FROM lease"))[0]!;
    const dead = await heldBy();
    await stack.signal("worker-1", "SIGKILL");
    await stack.venue.ask({ op: "pace", paused: false });
    const { exitCode, report } = await stack.kill("--flatten");
    expect([exitCode, report.verdict, report.level, report.doubts]).toEqual([0, "verified", "BLOCK", []]);
    expect(report.accounts[0]!.positionsBefore).toMatchObject([{ instrument: "SYN-USD" }]);
    expect(report.accounts[0]!.positionsAfter).toEqual([]);
    expect(await stack.venuePosition("SYN-USD")).toBe(0);
    const after = await heldBy();
    expect([dead.holder, after.holder]).toEqual([
      expect.stringMatching(/^worker-1\./),
      expect.stringMatching(/^ttt kill /),
    ]);
    expect(after.token).toBeGreaterThan(dead.token);
    // Written down before they left, under the new token, past the same checks as a worker's.
    const exits = await stack.sql.query(
      "SELECT token, worker, reduce_only, state FROM order_intent WHERE origin = 'operator-exit' AND worker = $1",
      [after.holder],
    );
    expect(exits.length).toBeGreaterThan(0);
    for (const exit of exits) expect(exit).toMatchObject({ token: after.token, reduce_only: true });
    // A worker that comes back takes over at once what was handed back, and finds nothing that differs.
    await stack.start("worker-1");
    await until(async () => (await heldBy()).holder.startsWith("worker-1."));
  });

  test("KS-19 KS-21 with every worker dead and a market that stands still a flatten blocks, and names what is left", async () => {
    await holdStill();
    await stack.signal("worker-1", "SIGKILL");
    const { exitCode, report } = await stack.kill("--flatten", "--timeout", "6");
    expect([exitCode, report.verdict, report.level]).toEqual([5, "residual-position", "BLOCK"]);
    expect(report.doubts.join("\n")).toContain("still holds 10 SYN-USD");
  });
});

describe("a state directory that cannot be used", () => {
  const folder = mkdtempSync(join(tmpdir(), "ttt-op-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("KS-19 a kill says that nothing was stored (6), everything else that the directory is wrong (10)", async () => {
    const file = join(folder, "home");
    writeFileSync(file, "");
    for (const home of [file, "/proc/ttt-no-such-place"]) {
      const env = { TTT_HOME: home, DATABASE_URL: "", REDIS_URL: "", AMQP_URL: "" };
      const kill = await stack.tttWith(env, "kill", "--reason", "test");
      expect(kill.exitCode).toBe(6);
      expect(kill.stdout).toContain("NOTHING WAS STOPPED");
      expect(kill.stdout).toContain("The state directory cannot be used");
      for (const args of [
        ["kill", "status"],
        ["arm", "--reason", "x"],
        ["kill", "drill"],
      ]) {
        const { exitCode, stderr } = await stack.tttWith(env, ...args);
        expect([exitCode, args]).toEqual([10, args]);
        expect(stderr).toContain("The state directory cannot be used");
        expect(stderr).toContain("TTT_HOME");
      }
    }
  });
});
