import { OperatorError, OutageError } from "../../core/errors.ts";
import type { Instrument, InstrumentId } from "../../trading/instrument.ts";
import type { CcxtEgress } from "./egress-ccxt.ts";

/** What is traded at an exchange: our instruments by the exchange's unified symbols, `BTC/USDT:USDT`. */
export class CcxtMarkets {
  readonly #egress: CcxtEgress;
  readonly #instruments: ReadonlyMap<string, Instrument>;
  readonly #symbols: ReadonlyMap<InstrumentId, string>;

  constructor(egress: CcxtEgress, instruments: ReadonlyMap<string, Instrument>) {
    this.#egress = egress;
    this.#instruments = instruments;
    this.#symbols = new Map([...instruments].map(([symbol, { id }]) => [id, symbol]));
  }

  get symbols(): readonly string[] {
    return [...this.#instruments.keys()];
  }

  get entries(): Iterable<readonly [symbol: string, instrument: Instrument]> {
    return this.#instruments;
  }

  instrument(symbol: string | undefined): Instrument | undefined {
    return this.#instruments.get(symbol ?? "");
  }

  symbolOf(id: InstrumentId): string | undefined {
    return this.#symbols.get(id);
  }

  /** The exchange's own ids of what is traded, or of one instrument. Throws an OutageError before they are known. */
  ids(only: InstrumentId | undefined): readonly string[] {
    const ids = [...this.#instruments].flatMap(([symbol, { id }]) => {
      const market = this.#egress.markets?.[symbol]?.id;
      return market !== undefined && (only === undefined || only === id) ? [market] : [];
    });
    if (ids.length === 0) throw new OutageError(this.#egress.link.exchange, "the markets are not known yet");
    return ids;
  }

  /**
   * Our steps must be the exchange's, or orders would be rounded on their way. Throws an OperatorError (exit
   * `configuration`).
   */
  check(): void {
    for (const [symbol, { id, tickSize, lotSize }] of this.#instruments) {
      const market = this.#egress.markets?.[symbol];
      const found =
        market &&
        `tick ${market.precision.price}, lot ${market.precision.amount}, ${market.linear ? "" : "not "}linear`;
      const expected = `tick ${Number(tickSize)}, lot ${Number(lotSize)}, linear`;
      if (found === expected) continue;
      throw new OperatorError(`${id} is not what ${this.#egress.link.exchange} trades as ${symbol}.`, {
        exit: "configuration",
        code: "INSTRUMENT_MISMATCH",
        expected: found ?? "a symbol of the exchange",
        found: expected,
        hint: "ttt config",
      });
    }
  }
}
