import { describe, expect, test } from "vitest";
import { type ProbePurpose, type ProbeRhythm, probe } from "../../src/ops/probe.ts";
import type { ServiceSpec } from "../../src/ops/service.ts";
import { one, Play, signals } from "../support/supervision-play.ts";

const asked = (purpose: ProbePurpose, rhythm: ProbeRhythm = {}) =>
  probe(purpose, { kind: "http", target: `/${purpose}` }, rhythm);
const api = (...probes: ServiceSpec["probes"]): ServiceSpec[] => [{ ...one[0]!, probes }];
const BAD = { healthy: false, status: "503", excerpt: "no database", latencyMs: 12 };

describe("OP-04 probes", () => {
  test("OP-04 ready is who says so and is seen so from outside", () => {
    const play = new Play(api(asked("readiness")));
    play.started("api");
    play.answer("api");
    expect(play.view("api").state).toBe("starting");
    play.beat("api");
    expect(play.view("api")).toMatchObject({ state: "ready", evidence: { look: "beat", status: "well" } });

    const other = new Play(api(asked("readiness")));
    other.started("api");
    other.beat("api");
    for (let looks = 0; looks < 9; looks++) other.answer("api", BAD);
    expect(other.view("api")).toMatchObject({
      state: "starting",
      reason: "readiness http /readiness: 503, no database",
    });
    // The first good look is believed: before it there was nothing to doubt.
    other.answer("api", { latencyMs: 7 });
    expect(other.view("api")).toMatchObject({
      state: "ready",
      evidence: { look: "readiness http /readiness", status: "200", excerpt: "ok", latencyMs: 7 },
    });
  });

  test("OP-04 nothing else is asked before the startup probe was well, and that one never again", () => {
    const play = new Play(api(asked("startup"), asked("readiness"), asked("liveness")));
    const due = () => [0, 1, 2].map((index) => play.supervision.nextLookMs("api", index) !== undefined);
    expect(due()).toEqual([true, false, false]);
    play.started("api");
    play.beat("api");
    play.answer("api", { index: 0, ...BAD });
    expect(due()).toEqual([true, false, false]);
    play.answer("api", { index: 0 });
    expect(due()).toEqual([false, true, true]);
    expect(play.view("api").state).toBe("starting");
    play.answer("api", { index: 1 });
    expect(play.view("api").state).toBe("ready");
    play.exits("api", 1);
    play.pass(100);
    expect(due()).toEqual([true, false, false]);
  });

  test("OP-04 a start that its probes do not let through is ended, and the last answer is its reason", () => {
    const play = new Play(api(asked("startup")));
    play.started("api");
    for (let passed = 0; passed < 10_000; passed += 500) {
      play.answer("api", BAD);
      play.pass(500, ["api"]);
    }
    play.pass(200, ["api"]);
    expect(signals(play.commands)).toContain("SIGKILL api");
    expect(play.view("api")).toMatchObject({
      reason: "not ready within 10000 ms, last seen: startup http /startup: 503, no database",
      evidence: { look: "startup http /startup", status: "503", latencyMs: 12 },
    });
    play.exits("api", undefined);
    expect(play.view("api").restarts).toMatchObject({ probe: 1, crash: 0 });
  });

  test("OP-04 readiness has thresholds both ways, and each change keeps what was seen", () => {
    const play = new Play(api(asked("readiness", { good: 2, bad: 3 })));
    play.ready("api");
    const states = (healthy: readonly boolean[]) =>
      healthy.map((well) => {
        play.answer("api", well ? {} : BAD);
        return play.view("api").state;
      });
    expect(states([false, false, true, false, false])).toEqual(["ready", "ready", "ready", "ready", "ready"]);
    expect(states([false])).toEqual(["degraded"]);
    expect(play.view("api")).toMatchObject({
      reason: "readiness http /readiness: 503, no database",
      evidence: { look: "readiness http /readiness", status: "503", excerpt: "no database", latencyMs: 12 },
    });
    expect(states([true, false, true])).toEqual(["degraded", "degraded", "degraded"]);
    // Its own beats, which are well, say nothing of that.
    for (let beats = 0; beats < 10; beats++) play.beat("api");
    expect(play.view("api").state).toBe("degraded");
    expect(states([true])).toEqual(["ready"]);
    expect(play.view("api").evidence).toMatchObject({ status: "200", excerpt: "ok" });
    expect(signals(play.commands)).toEqual([]);
  });

  test("OP-04 who is unwell for two reasons is well when both are gone", () => {
    const play = new Play(api(asked("readiness", { good: 1, bad: 1 })));
    play.ready("api");
    for (let beats = 0; beats < 3; beats++) play.beat("api", { overdue: "no bar for more than 10 s" });
    play.answer("api", BAD);
    expect(play.view("api")).toMatchObject({
      state: "degraded",
      reason: "no bar for more than 10 s; readiness http /readiness: 503, no database",
    });
    play.answer("api");
    expect(play.view("api")).toMatchObject({ state: "degraded", reason: "no bar for more than 10 s" });
    for (let beats = 0; beats < 4; beats++) play.beat("api");
    expect(play.view("api")).toMatchObject({ state: "ready", reason: "" });
  });

  test("OP-04 liveness that fails for long enough: ended in order, started anew, counted as probe", () => {
    const play = new Play(api(asked("liveness", { bad: 3 })));
    play.ready("api");
    play.answer("api", BAD);
    play.answer("api", BAD);
    play.answer("api");
    play.answer("api", BAD);
    play.answer("api", BAD);
    expect(play.view("api").state).toBe("ready");
    play.answer("api", BAD);
    expect(signals(play.commands)).toEqual(["SIGTERM api"]);
    expect(play.view("api")).toMatchObject({ state: "stopping", evidence: { status: "503", excerpt: "no database" } });
    play.exits("api", 0);
    expect(play.view("api")).toMatchObject({
      state: "pending",
      reason: "liveness http /liveness: 503, no database",
      evidence: { look: "liveness http /liveness", status: "503" },
      restarts: { probe: 1, crash: 0 },
    });
  });

  test("OP-04 asked fast until it is ready, slowly after, ten times faster when in doubt", () => {
    const play = new Play(api(asked("readiness", { everyMs: 4_000, good: 2, bad: 2 })));
    const next = () => play.supervision.nextLookMs("api", 0);
    play.started("api");
    play.beat("api");
    expect(next()).toBe(100);
    play.answer("api");
    expect(next()).toBe(4_000);
    play.answer("api", BAD);
    expect([play.view("api").state, next()]).toEqual(["ready", 400]);
    play.answer("api", BAD);
    expect([play.view("api").state, next()]).toEqual(["degraded", 400]);
    play.answer("api");
    expect([play.view("api").state, next()]).toEqual(["degraded", 400]);
    play.answer("api");
    expect([play.view("api").state, next()]).toEqual(["ready", 4_000]);
    play.handle({ type: "want", instances: ["api"], wanted: "down" });
    expect(next()).toBeUndefined();
  });

  test("OP-04 while one takes the place of another, at the same address, neither is asked", () => {
    const play = new Play(api(asked("readiness"), asked("liveness")));
    play.ready("api");
    play.handle({ type: "reload", instance: "api", expectedBuild: "b" });
    play.started("api+2");
    expect(["api", "api+2"].map((process) => play.supervision.nextLookMs(process, 0))).toEqual([undefined, undefined]);
    for (let passed = 0; passed < 2_000; passed += 100) {
      play.beat("api+2");
      play.pass(100, ["api"]);
    }
    play.exits("api", 0);
    expect(play.view("api")).toMatchObject({ process: "api+2", state: "ready" });
    expect(play.supervision.nextLookMs("api+2", 0)).toBe(200);
  });

  test("OP-04 who ran before the supervisor did is ready by its own word; what its probes say counts from then on", () => {
    const running = [{ process: "api", pid: 7 }];
    const play = new Play(api(asked("startup"), asked("readiness", { bad: 2 })), {
      ...{ type: "begin", running, stopped: [], quarantined: {}, ends: {} },
    });
    play.beat("api");
    expect(play.view("api").state).toBe("ready");
    play.answer("api", { index: 1, ...BAD });
    play.answer("api", { index: 1, ...BAD });
    expect(play.view("api").state).toBe("degraded");
  });

  test("OP-04 an end, a silence and a stop keep their evidence too", () => {
    const play = new Play(one);
    play.ready("api");
    play.pass(2_000);
    expect(play.view("api")).toMatchObject({ state: "hung", evidence: { look: "beat", status: "silent" } });
    play.pass(10_000);
    play.exits("api", undefined);
    expect(play.view("api").evidence).toMatchObject({ look: "beat", status: "silent" });
    play.pass(100);
    play.started("api");
    play.exits("api", 1);
    expect(play.view("api").evidence).toEqual({
      ...{ look: "process", status: "exit 1", excerpt: "exit code 1", latencyMs: null },
    });
  });
});

describe("OP-06 counting over the end of a supervisor", () => {
  const ends = { api: { inARow: 3, restarts: { crash: 7, hang: 1 } } };

  test("OP-06 a crash loop that its supervisor does not outlive is quarantined all the same", () => {
    const play = new Play(one, { type: "begin", running: [], stopped: [], quarantined: {}, ends });
    expect(play.view("api").restarts).toMatchObject({ crash: 7, hang: 1, probe: 0 });
    play.ready("api");
    play.exits("api", 1);
    expect(play.view("api")).toMatchObject({ state: "pending", endsInARow: 4 });
    while (play.view("api").state === "pending") play.pass(100);
    play.ready("api");
    play.exits("api", 1);
    expect(play.view("api")).toMatchObject({ state: "quarantined", endsInARow: 5, restarts: { crash: 9 } });
  });

  test("OP-06 what has become stable is told as that at once, not at its next end", () => {
    const running = [{ process: "api", pid: 7 }];
    const play = new Play(one, { type: "begin", running, stopped: [], quarantined: {}, ends });
    play.beat("api");
    expect(play.view("api").endsInARow).toBe(3);
    const told = play.pass(31_000, ["api"]).flatMap((one) => (one.type === "changed" ? [one.view.endsInARow] : []));
    expect(told).toEqual([0]);
    play.exits("api", 1);
    expect(play.view("api")).toMatchObject({ endsInARow: 1, restarts: { crash: 8 } });
  });
});
