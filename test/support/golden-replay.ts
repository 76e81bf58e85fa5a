import type { BacktestSpec } from "../../src/backtest/spec.ts";
import type { Broker, OrderRequest } from "../../src/strategy/broker.ts";
import { type AnyStrategy, defineStrategy } from "../../src/strategy/define-strategy.ts";
import type { GoldenAction, GoldenCase } from "./golden.ts";

/** The settings of a recorded run in ttt's words. */
export function specOfGolden({ settings, dataset }: GoldenCase): BacktestSpec {
  const { commission, fractional_unit: lot } = settings;
  return {
    cash: settings.cash,
    spread: settings.spread,
    commission: typeof commission === "object" ? { fixed: commission[0], rate: commission[1] } : Number(commission),
    leverage: 1 / settings.margin,
    fill: settings.trade_on_close ? "close" : "open",
    positions: settings.hedging ? "hedging" : "netting",
    exclusive: settings.exclusive_orders,
    finalize: settings.finalize_trades,
    ...(lot !== undefined && { instruments: { [dataset]: { lot } } }),
  };
}

/** A strategy that does what was recorded, and nothing else. */
export function replay({ actions, settings }: GoldenCase): AnyStrategy {
  const unit = settings.fractional_unit ?? 1;
  return defineStrategy({
    name: "replay",
    setup() {
      let next = 0;
      return (bar, broker) => {
        for (; next < actions.length && actions[next]!.bar <= bar.index; next++) act(actions[next]!, broker, unit);
      };
    },
  });
}

function act(action: GoldenAction, broker: Broker, unit: number): void {
  const trade = action.k === undefined ? undefined : broker.trades[action.k];
  switch (action.do) {
    case "buy":
    case "sell":
      broker[action.do](requestOf(action, unit));
      return;
    case "position.close":
      broker.close(action.portion);
      return;
    case "trade.close":
      trade!.close(action.portion);
      return;
    case "trade.sl=":
      trade!.sl = priceOf(action.price);
      return;
    case "trade.tp=":
      trade!.tp = priceOf(action.price);
      return;
    case "cancel":
      broker.orders
        .find((order) => !order.closes && (action.tag == null || order.tag === String(action.tag)))!
        .cancel();
  }
}

function requestOf({ size, limit, stop, sl, tp, tag }: GoldenAction, unit: number): OrderRequest {
  return {
    ...(size != null && { size: size < 1 ? { fraction: size } : size * unit }),
    ...(limit != null && { limit }),
    ...(stop != null && { stop }),
    ...(sl != null && { sl }),
    ...(tp != null && { tp }),
    ...(tag != null && { tag: String(tag) }),
  };
}

function priceOf(price: number | string | null | undefined): number | undefined {
  return typeof price === "number" ? price : undefined;
}
