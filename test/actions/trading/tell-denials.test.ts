import { expect, test } from "vitest";
import { tellDenials } from "../../../src/actions/trading/tell-denials.ts";
import type { Command } from "../../../src/live/commands.ts";
import type { Log } from "../../../src/ports/log.ts";
import type { DecisionRecord } from "../../../src/trading/decision.ts";
import type { ClientOrderId } from "../../../src/trading/order.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const denied = (order: string, code: string): Command => {
  const verdict = { kind: "DENY" as const, code, values: { notional: 12_000, limit: 10_000 }, soft: false };
  const decision: DecisionRecord = {
    ...{ order: order as ClientOrderId, allowed: false, code, limitsVersion: 1, epoch: 3, token: 1 },
    ...{ results: [{ check: "RC-14", verdict }], buildHash: "abc", overrides: [] },
  };
  return { kind: "record-denials", token: 1, code, decisions: [decision] };
};

test("OP-10 a denied order is in the log with its reason and what to type; the same reason again once a minute", () => {
  const clock = new VirtualClock();
  const said: unknown[] = [];
  const nothing = () => {};
  const warn = (message: string, context?: object) => said.push([message, context]);
  const log: Log = { debug: nothing, info: nothing, warn, error: nothing, child: () => log };
  const tell = tellDenials("sma@X", clock, log);
  tell([denied("o-1", "NOTIONAL_ABOVE_MAXIMUM"), { kind: "disarm-dead-man" }]);
  tell([denied("o-2", "NOTIONAL_ABOVE_MAXIMUM")]);
  tell([denied("o-3", "RATE")]);
  expect(said).toEqual([
    [
      "order denied",
      {
        partition: "sma@X",
        order: "o-1",
        why: "NOTIONAL_ABOVE_MAXIMUM: notional=12000 limit=10000",
        try: "ttt risk explain o-1",
      },
    ],
    ["order denied", expect.objectContaining({ order: "o-3" })],
  ]);
  clock.advance(60_000);
  tell([denied("o-4", "NOTIONAL_ABOVE_MAXIMUM")]);
  expect(said.at(-1)).toEqual(["order denied", expect.objectContaining({ order: "o-4", deniedSince: 1 })]);
});
