import type { OpenTrade, PositionView } from "../strategy/broker.ts";
import {
  type Instrument,
  lots,
  microsPerUnit,
  priceOf,
  quantityOf,
  roundToTicks,
  type Ticks,
} from "../trading/instrument.ts";
import { signOf } from "../trading/order.ts";
import { type Position, profitAt } from "../trading/position.ts";
import type { LiveTrade } from "./open-trades.ts";

/** A position as strategies see it: in units and prices, its profit at the last close. */
export function positionView(instrument: Instrument, position: Position | undefined, close: number): PositionView {
  const held = position?.lots ?? lots(0);
  const mark = roundToTicks(instrument, close || 0, "nearest");
  const average = held === 0 || position === undefined ? Number.NaN : position.cost / held;
  const profit =
    position === undefined ? 0 : (profitAt(position, mark) - position.realised) * microsPerUnit(instrument);
  return {
    size: quantityOf(instrument, held),
    isFlat: held === 0,
    isLong: held > 0,
    isShort: held < 0,
    averagePrice: average * Number(instrument.tickSize),
    pnl: profit / 1e6,
  };
}

/** A trade as strategies see it. Its stop-loss and take-profit can be set, and are sent with the next wishes. */
export function tradeView(
  instrument: Instrument,
  trade: LiveTrade,
  lastClose: number,
  close: (portion?: number) => void,
): OpenTrade {
  const entryPrice = priceOf(instrument, trade.entryPrice);
  const size = signOf(trade.side) * quantityOf(instrument, lots(trade.open));
  const asPrice = (price: Ticks | undefined) => (price === undefined ? undefined : priceOf(instrument, price));
  const asTicks = (price: number | undefined) =>
    price === undefined ? undefined : roundToTicks(instrument, price, "nearest");
  return {
    size,
    entryBar: trade.entryBar,
    entryTime: trade.entryTime,
    entryPrice,
    tag: trade.tag,
    pnl: size * (lastClose - entryPrice) * instrument.multiplier,
    get sl() {
      return asPrice(trade.stopLoss);
    },
    set sl(price: number | undefined) {
      trade.stopLoss = asTicks(price);
    },
    get tp() {
      return asPrice(trade.takeProfit);
    },
    set tp(price: number | undefined) {
      trade.takeProfit = asTicks(price);
    },
    close,
  };
}
