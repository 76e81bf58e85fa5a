import type { Brand } from "../core/ids.ts";

export type InstrumentId = Brand<string, "InstrumentId">;
export type VenueId = Brand<string, "VenueId">;
export type AccountId = Brand<string, "AccountId">;
export type StrategyId = Brand<string, "StrategyId">;

/** A quantity as a whole number of lot steps. Signed where it is a position, positive where it is an order or a fill. */
export type Lots = Brand<number, "Lots">;
/** A price as a whole number of tick steps. */
export type Ticks = Brand<number, "Ticks">;
/** Price times quantity as a whole number: ticks x lots. Exact, and worth `microsPerUnit` each. */
export type Units = Brand<number, "Units">;
/** An amount of the account's currency as a whole number of millionths. */
export type Micros = Brand<number, "Micros">;

/** What can be traded, and in which steps. The steps are decimal texts, so that nothing is lost in reading them. */
export interface Instrument {
  readonly id: InstrumentId;
  readonly venue: VenueId;
  /** Smallest price step in the quote currency: `"0.01"`. */
  readonly tickSize: string;
  /** Smallest quantity step: `"0.001"`. */
  readonly lotSize: string;
  /** Quote currency per point of price and one whole of quantity; 1 except for derivatives. */
  readonly multiplier: number;
  readonly currency: string;
  readonly minimum: Lots;
  readonly maximum: Lots;
  /** Groups instruments for concentration limits. */
  readonly sector?: string;
}

export const lots = (count: number): Lots => integer(count) as Lots;
export const ticks = (count: number): Ticks => integer(count) as Ticks;
export const units = (count: number): Units => integer(count) as Units;
export const micros = (count: number): Micros => integer(count) as Micros;
export const instrumentId = (text: string): InstrumentId => text as InstrumentId;
export const venueId = (text: string): VenueId => text as VenueId;
export const accountId = (text: string): AccountId => text as AccountId;
export const strategyId = (text: string): StrategyId => text as StrategyId;

/** The price in ticks, or undefined when it does not lie on a tick (a millionth of a tick is forgiven to floats). */
export function exactTicks(instrument: Instrument, price: number): Ticks | undefined {
  return exactSteps(price, Number(instrument.tickSize)) as Ticks | undefined;
}

/** The quantity in lots, or undefined when it does not lie on a lot. */
export function exactLots(instrument: Instrument, quantity: number): Lots | undefined {
  return exactSteps(quantity, Number(instrument.lotSize)) as Lots | undefined;
}

export type Rounding = "down" | "up" | "nearest";

/** The nearest price in ticks by the rule given. A price within a millionth of a tick counts as lying on it. */
export function roundToTicks(instrument: Instrument, price: number, rounding: Rounding): Ticks {
  return ticks(roundSteps(price / Number(instrument.tickSize), rounding));
}

/** The quantity in lots by the rule given. */
export function roundToLots(instrument: Instrument, quantity: number, rounding: Rounding): Lots {
  return lots(roundSteps(quantity / Number(instrument.lotSize), rounding));
}

/** The price as a float, rounded to the decimals of the tick: for display, strategies and the wire. */
export function priceOf(instrument: Instrument, price: Ticks): number {
  return Number((price * Number(instrument.tickSize)).toFixed(decimalsOf(instrument.tickSize)));
}

/** The quantity as a float, rounded to the decimals of the lot. */
export function quantityOf(instrument: Instrument, quantity: Lots): number {
  return Number((quantity * Number(instrument.lotSize)).toFixed(decimalsOf(instrument.lotSize)));
}

/** What `amount` units are worth, in millionths, rounded away from zero: risk is never understated. */
export function worthOf(instrument: Instrument, amount: number): Micros {
  const worth = amount * microsPerUnit(instrument);
  return micros(worth >= 0 ? Math.ceil(worth - 1e-6) : Math.floor(worth + 1e-6));
}

/** Millionths of the quote currency in one tick-lot. May be a fraction for very fine steps. */
export function microsPerUnit(instrument: Instrument): number {
  return Number(instrument.tickSize) * Number(instrument.lotSize) * instrument.multiplier * 1e6;
}

function integer(count: number): number {
  if (!Number.isSafeInteger(count)) throw new Error(`not a whole number of steps: ${count}`);
  return count === 0 ? 0 : count;
}

function exactSteps(value: number, step: number): number | undefined {
  const steps = Math.round(value / step);
  return Number.isSafeInteger(steps) && Math.abs(value / step - steps) < 1e-6 ? steps : undefined;
}

function roundSteps(steps: number, rounding: Rounding): number {
  const nearest = Math.round(steps);
  if (rounding === "nearest" || Math.abs(steps - nearest) < 1e-6) return nearest;
  return rounding === "down" ? Math.floor(steps) : Math.ceil(steps);
}

function decimalsOf(step: string): number {
  const [mantissa = "", exponent = "0"] = step.toLowerCase().split("e");
  return Math.max(0, (mantissa.split(".")[1] ?? "").length - Number(exponent));
}
