import { describe, expect, test } from "vitest";
import { BookRecorder } from "../../../src/actions/trading/book-recorder.ts";
import { DenialRecorder } from "../../../src/actions/trading/denial-recorder.ts";
import { OutageError } from "../../../src/core/errors.ts";
import type { BookChange } from "../../../src/live/commands.ts";
import type { Log } from "../../../src/ports/log.ts";
import type { DecisionRecord } from "../../../src/trading/decision.ts";
import type { ClientOrderId } from "../../../src/trading/order.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const decision = (order: string): DecisionRecord => ({
  ...{ order: order as ClientOrderId, allowed: false, code: "PRICE_STALE", limitsVersion: 1, epoch: 3, token: 1 },
  ...{ results: [], buildHash: "abc", overrides: [] },
});
const away = new OutageError("postgres", "away");
const refusal = Object.assign(new Error("violates check constraint"), { code: "23514" });

/** A store whose answers the test lays out one by one; after them it takes everything. */
function bench(answers: (Error | undefined)[]) {
  const clock = new VirtualClock();
  const taken: string[][] = [];
  const lost: unknown[] = [];
  const refused: string[] = [];
  const nothing = () => {};
  const error = (_message: string, context?: Readonly<Record<string, unknown>>) => lost.push(context?.decision);
  const log: Log = { debug: nothing, info: nothing, warn: nothing, error, child: () => log };
  const next = async (names: string[]) => {
    const answer = answers.shift();
    if (answer !== undefined) throw answer;
    taken.push(names);
  };
  return { ...{ clock, taken, lost, refused, log, next }, onRefused: (reason: string) => refused.push(reason) };
}

/** Lets time go on until the recorder has nothing left to do. */
async function finish({ drained }: { drained: Promise<void> }, clock: VirtualClock): Promise<void> {
  let over = false;
  void drained.then(() => {
    over = true;
  });
  while (!over) {
    await new Promise(setImmediate);
    clock.advance(1_000);
  }
}

function denials(rig: ReturnType<typeof bench>): DenialRecorder {
  const write = (_token: number, some: readonly DecisionRecord[]) => rig.next(some.map(({ order }) => order));
  const { clock, log, onRefused } = rig;
  return new DenialRecorder({ write, clock, log, onRefused });
}

describe("denials", () => {
  test("RC-05 wait for a store that is away, and are written in their order", async () => {
    const rig = bench([away, away]);
    const recorder = denials(rig);
    recorder.record(1, [decision("o-1")]);
    recorder.record(1, [decision("o-2")]);
    await finish({ drained: recorder.drained() }, rig.clock);
    expect(rig.taken.flat()).toEqual(["o-1", "o-2"]);
    expect(rig.lost).toEqual([]);
    expect(rig.refused).toEqual([]);
  });

  test("RC-05 that the store refuses are in the log whole, and somebody is told who can block", async () => {
    const rig = bench([refusal]);
    const recorder = denials(rig);
    recorder.record(1, [decision("o-1")]);
    await finish({ drained: recorder.drained() }, rig.clock);
    expect(rig.lost).toEqual([decision("o-1")]);
    expect(rig.refused).toEqual(["violates check constraint"]);
    recorder.record(1, [decision("o-2")]);
    await finish({ drained: recorder.drained() }, rig.clock);
    expect(rig.taken).toEqual([["o-2"]]);
  });

  test("RC-05 that nobody waits for any more, or that there is no room for, are in the log whole", async () => {
    const rig = bench(Array.from({ length: 3 }, () => away));
    const recorder = denials(rig);
    recorder.record(
      1,
      Array.from({ length: 1_001 }, (_, index) => decision(`o-${index}`)),
    );
    expect(rig.lost).toEqual([decision("o-0")]);
    recorder.close();
    await finish({ drained: recorder.drained() }, rig.clock);
    expect(rig.taken).toEqual([]);
    expect(rig.lost).toHaveLength(1_001);
  });
});

test("OL-07 a book that the store refuses is told of and kept, and written once the store takes it", async () => {
  const rig = bench([refusal, away]);
  const write = async ({ change }: BookChange) => {
    await rig.next([String(change)]);
    return true;
  };
  const { clock, log, onRefused } = rig;
  const recorder = new BookRecorder({ write, clock, log, onRefused });
  recorder.record({ token: 1, change: 1, orders: [], fills: [], positions: [] });
  await finish({ drained: recorder.drained() }, clock);
  expect(rig.refused).toEqual(["violates check constraint"]);
  expect(rig.taken).toEqual([["1"]]);
});
