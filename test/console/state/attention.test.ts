import { expect, test } from "vitest";
import type { TradingView } from "../../../src/actions/desk-feed.ts";
import { attention, workersBehind } from "../../../src/console/state/attention.ts";
import { applyMessage, type StackView, UNSEEN } from "../../../src/console/state/stack-view.ts";
import { SyntheticStack } from "../../support/synthetic-stack.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

function seen(change: (trading: TradingView) => Partial<TradingView>, clock = new VirtualClock()): StackView {
  let view = UNSEEN;
  const cancel = new SyntheticStack(clock).subscribe((message) => {
    view = applyMessage(view, message);
  });
  cancel();
  const { trading } = view;
  return { ...view, trading: { ...trading, value: { ...trading.value!, ...change(trading.value!) } } };
}

const texts = (view: StackView) => attention(view, view.trading.heardAt!).map(({ text }) => text);

test("OC-01 orders that all are denied need attention: the strategy looks as if it had nothing to do", () => {
  const denials = [{ partition: "sma-cross@SYN-USD:main", code: "NOTIONAL_ABOVE_MAXIMUM", count: 12 }];
  const view = seen(() => ({ denials }));
  expect(attention(view, view.trading.heardAt!)).toContainEqual({
    text: "sma-cross@SYN-USD:main: 12 orders denied in a minute, NOTIONAL_ABOVE_MAXIMUM",
    hint: "ttt risk denials",
    mood: "warn",
  });
  expect(texts(seen(() => ({})))).toEqual([]);
});

test("KS-10 a worker behind with a permit is named, one without is not: it can send nothing", () => {
  const behind = (heldForMs: number) =>
    seen(({ workers, epoch }) => ({
      workers: workers.map((worker) => ({ ...worker, epoch: epoch - 1, permitUntil: heldForMs })),
    }));
  const now = new VirtualClock().now();
  expect(texts(behind(now + 500))).toHaveLength(2);
  expect(texts(behind(now - 500))).toEqual([]);
});

test("whether a permit was held is judged at the moment of the reading, however long ago that was", () => {
  const view = seen(({ workers, epoch }) => ({
    workers: workers.map((worker) => ({ ...worker, epoch: epoch - 1, permitUntil: new VirtualClock().now() + 500 })),
  }));
  expect(workersBehind(view.trading)).toHaveLength(2);
  expect(attention(view, view.trading.heardAt! + 2_000).map(({ text }) => text)).toHaveLength(2);
});

test("OP-06 a service that was stopped by hand comes with the command that starts it", () => {
  const view = seen(() => ({}));
  const services = view.services.value.map((one) =>
    one.instance === "worker-2" ? { ...one, state: "stopped", reason: "by hand" } : one,
  );
  const stopped = { ...view, services: { ...view.services, value: services } };
  expect(attention(stopped, view.trading.heardAt!)).toEqual([
    { text: "worker-2 is stopped: by hand", mood: "warn", hint: "ttt start worker-2" },
  ]);
});
