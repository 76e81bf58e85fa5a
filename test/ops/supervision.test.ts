import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/core/random.ts";
import { MIN_READY_MS } from "../../src/ops/reload.ts";
import { decideRestart } from "../../src/ops/restart-policy.ts";
import { isLive, type ServiceSpec } from "../../src/ops/service.ts";
import { stackServices } from "../../src/ops/stack.ts";
import { Supervision } from "../../src/ops/supervision.ts";
import type { BeatSample, SupervisionCommand } from "../../src/ops/supervision-events.ts";
import { timeLeft } from "../../src/ops/time-left.ts";
import { HUNG_AFTER_MS, MEMORY_GRACE_MS, STUCK_GRACE_MS } from "../../src/ops/watchdog.ts";
import { BASE, one, Play, shape, signals, starts, upStack } from "../support/supervision-play.ts";

describe("gating", () => {
  test("OP-03 starts in the order of the needs, one-shot jobs included", () => {
    const play = new Play(stackServices(shape));
    expect(starts(play.commands)).toEqual(["postgres", "paper-venue"]);
    play.ready("paper-venue");
    play.started("postgres");
    expect(starts(play.answer("postgres"))).toEqual(["migrations"]);
    play.started("migrations");
    expect(starts(play.exits("migrations", 0))).toEqual(["api", "worker-1", "backtester-1"]);
  });

  test("OP-03 says who waits, for what, and what was last seen there", () => {
    const play = new Play(stackServices(shape));
    play.started("postgres");
    play.answer("postgres", { healthy: false, status: "refusing", excerpt: "the database system is starting up" });
    expect(play.view("migrations").waitsFor).toEqual({
      service: "postgres",
      condition: "ready",
      evidence: "postgres is starting: readiness postgres: refusing, the database system is starting up",
    });
  });

  test("OP-03 a need is asked again at every start: no latch", () => {
    const play = upStack();
    play.exits("postgres", undefined);
    expect(play.view("api").state).toBe("ready");
    play.exits("api", 1);
    play.pass(5_000, ["paper-venue", "worker-1", "backtester-1"]);
    expect(play.view("api").state).toBe("pending");
    expect(play.view("api").reason).toContain("postgres");
    play.ready("postgres");
    expect(play.view("api").state).toBe("starting");
  });

  test("OP-03 fails at once what can no longer be met, and takes it back when it can", () => {
    const play = new Play(stackServices(shape));
    play.ready("postgres");
    play.started("migrations");
    play.exits("migrations", 10);
    expect(play.view("migrations").state).toBe("failed");
    expect(play.view("api").state).toBe("failed");
    expect(play.view("api").reason).toBe("cannot start: migrations is failed");
    expect(play.view("api").hint).toBe("starts by itself when migrations is done");
    play.handle({ type: "want", instances: ["migrations"], wanted: "up" });
    play.started("migrations");
    play.exits("migrations", 0);
    expect(play.view("api").state).toBe("starting");
  });
});

describe("restarts", () => {
  test("OP-06 restarts a crash at once, then later and later, then quarantines it with its reason", () => {
    const play = new Play(one);
    const pauses: number[] = [];
    for (;;) {
      play.ready("api");
      play.exits("api", 1);
      const from = play.at;
      if (play.view("api").state === "quarantined") break;
      while (play.view("api").state === "pending") play.pass(100);
      pauses.push(play.at - from);
    }
    expect(pauses).toHaveLength(4);
    expect(pauses[0]).toBeLessThanOrEqual(100);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(play.view("api").reason).toContain("exit code 1");
    expect(play.view("api").hint).toContain("ttt start api");
    expect(play.view("api").restarts.crash).toBe(5);
  });

  test("OP-06 pauses are spread, so that many do not come back in step", () => {
    const pause = (luck: number) => {
      const decision = decideRestart(1, 4, { ...seededRandom(1), next: () => luck });
      return decision.kind === "restart" && decision.delayMs;
    };
    expect([pause(0), pause(0.5), pause(1)]).toEqual([500, 750, 1_000]);
  });

  test("OP-06 a stable time clears the record", () => {
    const play = new Play(one);
    for (let round = 0; round < 8; round++) {
      play.ready("api");
      play.pass(31_000, ["api"]);
      play.exits("api", 1);
      play.pass(200);
      expect(play.view("api").state).toBe("starting");
    }
  });

  test.each([
    [10, "failed"],
    [17, "failed"],
    [2, "failed"],
    [14, "pending"],
    [0, "pending"],
  ])("OP-06 exit code %i leads to %s", (code, state) => {
    const play = new Play(one);
    play.ready("api");
    play.exits("api", code);
    expect(play.view("api").state).toBe(state);
    if (code === 14) expect(play.view("api").restarts).toMatchObject({ dependency: 1, crash: 0 });
  });

  test("OP-06 an outage of a dependency is waited for without end", () => {
    const play = new Play(one);
    for (let round = 0; round < 20; round++) {
      play.started("api");
      play.exits("api", 14);
      play.pass(1_500);
      expect(play.view("api").state).toBe("starting");
    }
  });

  test("OP-06 what an earlier supervisor had quarantined stays so, unless it runs, until a person starts it", () => {
    const quarantined = { api: "ended 5 times in a row", venue: "ended 5 times in a row" };
    const running = [{ process: "venue", pid: 7 }];
    const specs: ServiceSpec[] = [...one, { ...BASE, name: "venue", kind: "daemon" }];
    const play = new Play(specs, { type: "begin", running, stopped: [], quarantined, ends: {} });
    play.pass(60_000, ["venue"]);
    expect(play.view("api")).toMatchObject({ state: "quarantined", reason: "ended 5 times in a row" });
    expect(play.view("venue").state).toBe("ready");
    play.handle({ type: "want", instances: ["api"], wanted: "up" });
    expect(play.view("api").state).toBe("starting");
  });

  test("OP-03 OP-07 every wait says what time is left: to the next start, to be ready, to the kill, and of whom one waits for", () => {
    const needs = [{ service: "api", condition: "ready" }] as const;
    const play = new Play([...one, { ...BASE, name: "worker", kind: "daemon", needs }]);
    const left = (instance: string) => {
      const view = play.view(instance);
      const found = timeLeft(view, play.supervision.views());
      return found && `${found.words} ${found.at - play.wall}`;
    };
    play.started("api");
    expect(left("api")).toBe("has to be ready in 10000");
    expect(left("worker")).toBe("api has to be ready in 10000");
    play.pass(1_000);
    expect(left("worker")).toBe("api has to be ready in 9000");
    play.exits("api", 1);
    play.started("api");
    play.exits("api", 1);
    expect(left("api")).toMatch(/^starts again in \d+$/);
    play.pass(1_000);
    play.started("api");
    play.beat("api");
    expect([left("api"), left("worker")]).toEqual([undefined, "has to be ready in 10000"]);
    play.handle({ type: "want", instances: ["api", "worker"], wanted: "down" });
    expect(left("worker")).toBe("is killed in 5000");
  });

  test("OP-06 a quarantined service can always be started by hand, with a clean record", () => {
    const play = new Play(one);
    for (let round = 0; round < 5; round++) {
      play.started("api");
      play.exits("api", 1);
      play.pass(40_000);
    }
    expect(play.view("api").state).toBe("quarantined");
    play.handle({ type: "want", instances: ["api"], wanted: "up" });
    expect(play.view("api").state).toBe("starting");
    play.started("api");
    play.exits("api", 1);
    expect(play.view("api").state).toBe("pending");
  });
});

describe("watchdog", () => {
  test("OP-05 a stopped process is known within 2 s, ended and started again", () => {
    const play = new Play(one);
    play.ready("api");
    play.pass(3_000, ["api"]);
    const from = play.at;
    play.stopped.add("api");
    while (play.view("api").state === "ready") play.pass(100);
    expect(play.at - from).toBeLessThanOrEqual(1_000);
    play.pass(100);
    expect(signals(play.commands)).toContain("SIGKILL api");
    play.exits("api", undefined);
    play.pass(100);
    expect(play.view("api").state).toBe("starting");
    expect(play.view("api").restarts).toMatchObject({ hang: 1, crash: 0 });
  });

  test("OP-05 one that was well for long and silent for once is well again after some good looks", () => {
    const play = new Play(one);
    play.ready("api");
    for (let round = 0; round < 20; round++) play.beat("api");
    play.pass(HUNG_AFTER_MS + 100);
    expect(play.view("api").state).toBe("hung");
    play.beat("api");
    expect(play.view("api")).toMatchObject({ state: "degraded", reason: "came back after a silence" });
    for (let round = 0; round < 4; round++) play.beat("api");
    expect(play.view("api").state).toBe("ready");
  });

  test("OP-05 a busy process is called hung and given time; it may come back by itself", () => {
    const play = new Play(one);
    play.ready("api");
    play.pass(HUNG_AFTER_MS + 200);
    expect(play.view("api").state).toBe("hung");
    expect(signals(play.commands)).toEqual([]);
    play.beat("api");
    expect(play.view("api").state).toBe("degraded");
    play.pass(1_000, ["api"]);
    expect(play.view("api").state).toBe("ready");
  });

  test("OP-05 a loop that turns over work that stands still: degraded with its words, then ended in order", () => {
    const play = new Play(one);
    play.ready("api");
    const stuck = { overdue: "a running job takes no step for more than 90 s", stuck: true };
    const beat = (ms: number, words: Partial<BeatSample>) => {
      for (let passed = 0; passed < ms; passed += 250) {
        play.at += 250;
        play.beat("api", words);
      }
    };
    beat(1_000, stuck);
    expect(play.view("api")).toMatchObject({ state: "degraded", reason: stuck.overdue });
    // A dependency that does not answer explains it: a new process would stand as still.
    beat(20_000, { ...stuck, trouble: "postgres: no answer within 2 s" });
    expect(play.view("api")).toMatchObject({
      state: "degraded",
      reason: `postgres: no answer within 2 s; ${stuck.overdue}`,
    });
    beat(2_000, {});
    expect(play.view("api").state).toBe("ready");
    beat(STUCK_GRACE_MS + 500, stuck);
    expect(signals(play.commands)).toEqual(["SIGTERM api"]);
    play.exits("api", 0);
    expect(play.view("api").reason).toContain("a running job takes no step");
    play.pass(200);
    expect(play.view("api")).toMatchObject({ state: "starting", restarts: { hang: 1, crash: 0 } });
  });

  test("OP-05 work that waits for others is told and never ended for it", () => {
    const play = new Play(one);
    play.ready("api");
    for (let passed = 0; passed < 60_000; passed += 250) {
      play.at += 250;
      play.beat("api", { overdue: "no bar for more than 10 s" });
    }
    expect(play.view("api")).toMatchObject({ state: "degraded", reason: "no bar for more than 10 s" });
    expect(signals(play.commands)).toEqual([]);
  });

  test("OP-06 more memory than allowed for a while: ended in order, started anew, counted as memory", () => {
    const play = new Play([{ ...one[0]!, memoryLimitBytes: 100e6 }]);
    play.ready("api");
    const use = (ms: number, rssBytes: number) => {
      for (let passed = 0; passed < ms; passed += 250) {
        play.at += 250;
        play.beat("api", { rssBytes });
      }
    };
    use(MEMORY_GRACE_MS - 500, 130e6);
    use(500, 90e6);
    use(MEMORY_GRACE_MS, 120e6);
    expect(signals(play.commands)).toEqual([]);
    use(500, 123e6);
    expect(signals(play.commands)).toEqual(["SIGTERM api"]);
    play.exits("api", 0);
    play.pass(200);
    expect(play.view("api")).toMatchObject({ state: "starting", restarts: { memory: 1, crash: 0 } });
  });

  test("OP-05 a process that stays silent is ended", () => {
    const play = new Play(one);
    play.ready("api");
    expect(signals(play.pass(15_000))).toContain("SIGKILL api");
  });

  test("OP-05 the supervisor's own pause is nobody else's silence", () => {
    const play = new Play(one);
    play.ready("api");
    play.pass(1_000, ["api"]);
    play.at += 60_000;
    play.handle({ type: "tick" });
    expect(play.view("api").state).toBe("ready");
  });

  test("OP-04 a slow event loop degrades and recovers, with thresholds both ways", () => {
    const play = new Play(one);
    play.ready("api");
    play.beat("api", { lagMs: 2_000 });
    play.beat("api", { lagMs: 2_000 });
    expect(play.view("api").state).toBe("ready");
    play.beat("api", { lagMs: 2_000 });
    expect(play.view("api")).toMatchObject({ state: "degraded", reason: "event loop stood still for 2000 ms" });
    for (let beats = 0; beats < 3; beats++) play.beat("api");
    expect(play.view("api").state).toBe("degraded");
    play.beat("api");
    expect(play.view("api").state).toBe("ready");
  });

  test("OP-04 a start that takes too long is ended and counts as a probe failure", () => {
    const play = new Play(one);
    play.started("api");
    expect(signals(play.pass(10_100))).toContain("SIGKILL api");
    play.exits("api", undefined);
    expect(play.view("api").restarts.probe).toBe(1);
  });
});

describe("stopping", () => {
  test("OP-07 dependants first, the database last", () => {
    const play = upStack();
    const all = play.supervision.views().map(({ instance }) => instance);
    const first = signals(play.handle({ type: "want", instances: all, wanted: "down" }));
    expect(first.toSorted()).toEqual(["SIGTERM api", "SIGTERM backtester-1", "SIGTERM worker-1"]);
    expect(signals(play.exits("worker-1", 0))).toEqual(["SIGTERM paper-venue"]);
    play.exits("api", 0);
    expect(signals(play.exits("backtester-1", 0))).toEqual(["SIGINT postgres"]);
    play.exits("paper-venue", 0);
    play.exits("postgres", 0);
    expect(play.supervision.live()).toEqual([]);
  });

  test("OP-07 SIGKILL when the grace is over, and again while it is still there", () => {
    const play = new Play(one);
    play.ready("api");
    play.handle({ type: "want", instances: ["api"], wanted: "down" });
    const sent = signals(play.pass(7_500, ["api"]));
    expect(sent).toEqual(["SIGKILL api", "SIGKILL api", "SIGKILL api"]);
  });

  test("OP-08 scaling up starts, scaling down drains and forgets", () => {
    const play = upStack();
    expect(starts(play.handle({ type: "scale", service: "worker", count: 3 }))).toEqual(["worker-2", "worker-3"]);
    play.ready("worker-2");
    play.ready("worker-3");
    expect(signals(play.handle({ type: "scale", service: "worker", count: 1 }))).toEqual([
      "SIGTERM worker-2",
      "SIGTERM worker-3",
    ]);
    play.exits("worker-2", 0);
    play.exits("worker-3", 0);
    expect(play.supervision.views().filter(({ service }) => service === "worker")).toHaveLength(1);
  });

  test("OP-02 what runs is taken over before anything is started, and is ready by its own word", () => {
    const now = { wall: 0, monotonic: 0 };
    const fresh = new Supervision(stackServices(shape), { random: seededRandom(1), now });
    const running = [
      { process: "paper-venue", pid: 7 },
      { process: "postgres", pid: 8 },
      { process: "worker-1", pid: 9 },
    ];
    const commands = fresh.handle({ type: "begin", running, stopped: ["api"], quarantined: {}, ends: {} }, now);
    expect(starts(commands)).toEqual([]);
    expect(fresh.views().map(({ instance, state }) => `${instance} ${state}`)).toEqual([
      "postgres starting",
      "migrations pending",
      "paper-venue starting",
      "api stopped",
      "worker-1 starting",
      "backtester-1 pending",
    ]);
    const answer = { healthy: true, status: "accepting", excerpt: "", latencyMs: 1 };
    const probe = { type: "probe", process: "postgres", generation: 1, index: 0, answer } as const;
    expect(starts(fresh.handle(probe, now))).toEqual(["migrations"]);
  });
});

describe("any course of events", () => {
  const instance = fc.constantFrom("postgres", "migrations", "paper-venue", "api", "worker-1", "backtester-1");
  const happening = fc.oneof(
    fc.record({ kind: fc.constant("exit" as const), instance, code: fc.constantFrom(0, 1, 10, 14, undefined) }),
    fc.record({ kind: fc.constant("beat" as const), instance, ready: fc.boolean() }),
    fc.record({
      kind: fc.constant("probe" as const),
      of: fc.constantFrom("postgres", "api"),
      index: fc.constantFrom(0, 1),
      healthy: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(100, 1_000, 40_000) }),
    fc.record({
      kind: fc.constant("want" as const),
      instance,
      wanted: fc.constantFrom("up" as const, "down" as const, "restart" as const),
    }),
    fc.record({ kind: fc.constant("scale" as const), count: fc.integer({ min: 0, max: 3 }) }),
  );

  test("OP-03 OP-07 never two processes for one instance, nothing starts before its needs, down always ends", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const play = new Play(stackServices(shape));
        const running = new Set<string>();
        const carry = (commands: readonly SupervisionCommand[]) => {
          for (const command of commands) {
            if (command.type !== "start") continue;
            expect(running.has(command.process)).toBe(false);
            running.add(command.process);
            if (command.process === "api") expect(play.view("migrations").state).toBe("done");
          }
        };
        const end = (name: string, code: number | undefined) => {
          if (!running.delete(name)) return;
          carry(play.exits(name, code));
        };
        carry(play.commands);
        for (const event of happenings) {
          const known =
            "instance" in event && play.supervision.views().some((view) => view.instance === event.instance);
          if (event.kind === "exit" && known) end(event.instance, event.code);
          else if (event.kind === "beat" && known) {
            const from = play.commands.length;
            if (running.has(event.instance)) play.beat(event.instance, { ready: event.ready });
            carry(play.commands.slice(from));
          } else if (event.kind === "probe" && running.has(event.of)) {
            carry(play.answer(event.of, { index: event.index, healthy: event.healthy }));
          } else if (event.kind === "pass") carry(play.pass(event.ms));
          else if (event.kind === "want")
            carry(play.handle({ type: "want", instances: [event.instance], wanted: event.wanted }));
          else if (event.kind === "scale") carry(play.handle({ type: "scale", service: "worker", count: event.count }));
        }
        const all = play.supervision.views().map(({ instance: name }) => name);
        carry(play.handle({ type: "want", instances: all, wanted: "down" }));
        for (let rounds = 0; rounds < 10 && running.size > 0; rounds++) {
          for (const name of [...running]) {
            const state = play.supervision.views().find((view) => view.instance === name)?.state;
            if (state === "stopping") end(name, 0);
          }
        }
        expect([...running]).toEqual([]);
        expect(play.supervision.views().some(({ state }) => isLive(state))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("reload", () => {
  const reload = (play: Play) => play.handle({ type: "reload", instance: "api", expectedBuild: "new" });
  const outcomes = (commands: readonly SupervisionCommand[]) =>
    commands.flatMap((command) => (command.type === "reloaded" ? [command.ok ? "ok" : command.reason] : []));

  test("OP-08 the old one goes only when the new one has been ready for its time and is of the expected build", () => {
    const play = new Play(one);
    play.ready("api");
    expect(starts(reload(play))).toEqual(["api+2"]);
    play.started("api+2");
    play.beat("api+2", { buildHash: "new" });
    for (let passed = 0; passed < MIN_READY_MS - 100; passed += 100) {
      play.beat("api+2", { buildHash: "new" });
      expect(signals(play.pass(100, ["api"]))).toEqual([]);
    }
    play.beat("api+2", { buildHash: "new" });
    expect(signals(play.pass(200, ["api"]))).toEqual(["SIGTERM api"]);
    expect(outcomes(play.exits("api", 0))).toEqual(["ok"]);
    expect(play.supervision.views()).toHaveLength(1);
    expect(play.view("api")).toMatchObject({ state: "ready", process: "api+2" });
  });

  test.each([
    ["ends at its start", (play: Play) => play.exits("api+2", 1), "exit code 1"],
    [
      "reports another build",
      (play: Play) => {
        play.beat("api+2", { buildHash: "old" });
        return play.exits("api+2", 0);
      },
      "it runs build old, not new",
    ],
  ])("OP-08 a new one that %s leaves the old one alone", (_what, fail, reason) => {
    const play = new Play(one);
    play.ready("api");
    reload(play);
    play.started("api+2");
    expect(outcomes(fail(play))).toEqual([reason]);
    expect(signals(play.commands).filter((signal) => signal.endsWith(" api"))).toEqual([]);
    expect(play.supervision.views().map(({ instance, state }) => [instance, state])).toEqual([["api", "ready"]]);
  });

  test("OP-08 if the new one ends while the old one is going, the instance starts anew", () => {
    const play = new Play(one);
    play.ready("api");
    reload(play);
    play.started("api+2");
    play.beat("api+2", { buildHash: "new" });
    for (let passed = 0; passed < MIN_READY_MS + 200; passed += 100) {
      play.beat("api+2", { buildHash: "new" });
      play.pass(100, ["api"]);
    }
    play.exits("api+2", 1);
    play.exits("api", 0);
    play.pass(100);
    expect(play.view("api")).toMatchObject({ state: "starting", wanted: "up" });
    expect(play.supervision.views()).toHaveLength(1);
  });

  test("OP-08 a stack that goes down takes both along", () => {
    const play = new Play(one);
    play.ready("api");
    reload(play);
    play.started("api+2");
    play.handle({ type: "want", instances: ["api", "api+2"], wanted: "down" });
    play.exits("api+2", 0);
    play.exits("api", 0);
    expect(play.supervision.live()).toEqual([]);
    expect(play.view("api").state).toBe("stopped");
  });
});
