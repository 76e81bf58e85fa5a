import type { Fill } from "./fill.ts";
import {
  type InstrumentId,
  type Lots,
  lots,
  type Micros,
  micros,
  type Ticks,
  type Units,
  units,
} from "./instrument.ts";
import { signOf } from "./order.ts";

/**
 * The net holding of one instrument. Exact: `realised + cost` is always minus the cash that was spent on it, to the
 * last unit, so profit at a mark is `realised + mark * lots - cost` without any rounding.
 */
export interface Position {
  readonly instrument: InstrumentId;
  /** Positive long, negative short. */
  readonly lots: Lots;
  /** What the open lots cost: signed like them. */
  readonly cost: Units;
  /** Profit of what was closed, at average cost, before commission. */
  readonly realised: Units;
  readonly commission: Micros;
}

export function flat(instrument: InstrumentId): Position {
  return { instrument, lots: lots(0), cost: units(0), realised: units(0), commission: micros(0) };
}

/** The position after a fill. Closing takes average cost, rounded to whole units; the rest of the rounding stays in the cost. */
export function applyFill(position: Position, fill: Fill): Position {
  const signed = signOf(fill.side) * fill.lots;
  const after = position.lots + signed;
  const commission = micros(position.commission + fill.commission);
  const base = { instrument: position.instrument, lots: lots(after), commission };
  if (position.lots === 0 || Math.sign(position.lots) === Math.sign(signed)) {
    return { ...base, cost: units(position.cost + signed * fill.price), realised: position.realised };
  }
  const closes = Math.min(Math.abs(signed), Math.abs(position.lots));
  const closedCost =
    closes === Math.abs(position.lots) ? position.cost : Math.round((position.cost * closes) / Math.abs(position.lots));
  const proceeds = -Math.sign(signed) * closes * fill.price;
  const opened = Math.sign(signed) * (Math.abs(signed) - closes) * fill.price;
  return {
    ...base,
    cost: units(position.cost - closedCost + opened),
    realised: units(position.realised + proceeds - closedCost),
  };
}

/** Profit at a mark, before commission: realised and not yet realised. */
export function profitAt(position: Position, mark: Ticks): Units {
  return units(position.realised + position.lots * mark - position.cost);
}
