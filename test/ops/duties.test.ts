import { describe, expect, test } from "vitest";
import { Duties } from "../../src/ops/duties.ts";

function play() {
  const time = { now: 0 };
  const duties = new Duties(() => time.now);
  const pass = (ms: number) => {
    time.now += ms;
  };
  return { duties, pass };
}

describe("OP-05 what a daemon owes", () => {
  test("work that goes forward is never overdue, and is from the moment it stood still too long", () => {
    const { duties, pass } = play();
    duties.owe("step", { withinMs: 1_000, words: "no step", isOwn: true });
    for (let steps = 0; steps < 5; steps++) {
      duties.progress("step");
      expect(duties.standing()).toEqual({ overdue: "", stuck: false, trouble: "" });
      pass(900);
    }
    pass(101);
    expect(duties.standing()).toEqual({ overdue: "no step for more than 1 s", stuck: true, trouble: "" });
    duties.progress("step");
    expect(duties.standing().overdue).toBe("");
  });

  test("where there is nothing to do nothing is overdue, and work that arrives has its whole time", () => {
    const { duties, pass } = play();
    let waiting = 0;
    duties.owe("step", { withinMs: 1_000, words: "no step", isOwn: true, isDue: () => waiting > 0 });
    duties.progress("step");
    pass(60_000);
    expect(duties.standing().overdue).toBe("");
    waiting = 3;
    expect(duties.standing().overdue).toBe("");
    pass(900);
    expect(duties.standing().overdue).toBe("");
    pass(200);
    expect(duties.standing().overdue).toBe("no step for more than 1 s");
    waiting = 0;
    expect(duties.standing().overdue).toBe("");
  });

  test("work that others may hold up is told, but is nobody's hang", () => {
    const { duties, pass } = play();
    duties.owe("bar", { withinMs: 1_000, words: "no bar", isOwn: false });
    duties.standing();
    pass(1_001);
    expect(duties.standing()).toEqual({ overdue: "no bar for more than 1 s", stuck: false, trouble: "" });
  });

  test("what it depends on is told by name until it answers again", () => {
    const { duties } = play();
    duties.depend("postgres", "connect ECONNREFUSED");
    duties.depend("redis", "no answer within 2 s");
    expect(duties.standing().trouble).toBe("postgres: connect ECONNREFUSED; redis: no answer within 2 s");
    duties.depend("postgres", undefined);
    expect(duties.standing().trouble).toBe("redis: no answer within 2 s");
  });
});
