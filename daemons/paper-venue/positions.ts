import type { OrderTicket, PaperFill, PaperInstrument, PaperPosition } from "../../src/trading/paper/wire.ts";

interface Holding {
  /** Signed, in lots. */
  lots: number;
  /** What trading moved, in ticks times lots: exact. */
  units: number;
  fees: number;
}

/** What every account holds, counted in whole lots and ticks so that no sum drifts. */
export class Positions {
  readonly #instruments: ReadonlyMap<string, PaperInstrument>;
  readonly #holdings = new Map<string, Holding>();

  constructor(instruments: readonly PaperInstrument[]) {
    this.#instruments = new Map(instruments.map((one) => [one.id, one]));
  }

  add(fill: PaperFill): void {
    const holding = this.#holding(fill.account, fill.instrument);
    const { tick, lot } = this.#steps(fill.instrument);
    const lots = Math.round(fill.quantity / lot) * (fill.side === "buy" ? 1 : -1);
    holding.lots += lots;
    holding.units -= lots * Math.round(fill.price / tick);
    holding.fees += fill.fee;
  }

  /** How much of this order would reduce its account's position, in the instrument's own quantity. */
  reducible({ account, instrument, side }: Pick<OrderTicket, "account" | "instrument" | "side">): number {
    const { lots } = this.#holding(account, instrument);
    const against = side === "sell" ? lots : -lots;
    return this.#quantity(instrument, Math.max(0, against));
  }

  isWholeLots(instrument: string, quantity: number): boolean {
    const lots = quantity / this.#steps(instrument).lot;
    return Math.round(lots) > 0 && Math.abs(lots - Math.round(lots)) < 1e-6;
  }

  list(): PaperPosition[] {
    return [...this.#holdings].map(([key, holding]) => {
      const [account, instrument] = JSON.parse(key) as [string, string];
      const { tick, lot } = this.#steps(instrument);
      const quantity = this.#quantity(instrument, holding.lots);
      const cash = Number((holding.units * tick * lot).toFixed(8));
      return { account, instrument, quantity, cash, fees: Number(holding.fees.toFixed(8)) };
    });
  }

  #quantity(instrument: string, lots: number): number {
    return Number((lots * this.#steps(instrument).lot).toFixed(12));
  }

  #holding(account: string, instrument: string): Holding {
    const key = JSON.stringify([account, instrument]);
    const known = this.#holdings.get(key);
    if (known !== undefined) return known;
    const fresh = { lots: 0, units: 0, fees: 0 };
    this.#holdings.set(key, fresh);
    return fresh;
  }

  #steps(instrument: string): { tick: number; lot: number } {
    const { tickSize, lotSize } = this.#instruments.get(instrument)!;
    return { tick: Number(tickSize), lot: Number(lotSize) };
  }
}
