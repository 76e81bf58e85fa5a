import type { Denial } from "../result.ts";
import type { RiskCheck } from "../risk-check.ts";
import { given } from "./given.ts";
import type { Market } from "./market.ts";
import { RegistryRisk } from "./registry-risk.ts";
import type { Rules } from "./rules.ts";
import { TradeLog } from "./trade-log.ts";

/** What the instruments of a run share: cash, rules, closed trades and denials. */
export class Account {
  readonly rules: Rules;
  readonly markets: readonly Market[];
  readonly checks: readonly RiskCheck[];
  readonly registry: RegistryRisk | undefined;
  // Numbers begin as floats: a field that once held nothing is slower for ever.
  cash = Number.NaN;
  /** Value traded since the start, for commission tiers. */
  tradedValue = 0;
  readonly log = new TradeLog();
  readonly denials: Denial[] = [];
  liquidations = 0;
  lastOrderId = 0;
  #lots = 0;
  /** What the fill under way has come to so far. */
  #fill = { units: 0, value: 0, fee: 0, before: 0 };

  constructor(rules: Rules, markets: readonly Market[], checks: readonly RiskCheck[]) {
    this.rules = rules;
    this.markets = markets;
    this.checks = checks;
    this.registry = rules.risk === undefined ? undefined : new RegistryRisk(rules.risk, markets, rules.cash);
    this.cash = rules.cash;
  }

  nextOrderId(): number {
    this.lastOrderId += 1;
    return this.lastOrderId;
  }

  nextLotSerial(): number {
    this.#lots += 1;
    return this.#lots;
  }

  /** Cash and unrealised profit, every position at its market's mark. */
  equity(): number {
    let equity = this.cash;
    for (const market of this.markets) {
      if (market.holds) {
        equity += (market.lots * market.mark - market.cost) * market.lotValue;
      }
    }
    return equity;
  }

  /** The commission that a fill would cost, in cash. */
  feeOf(units: number, value: number, maker: boolean): number {
    const { flatRate, commission } = this.rules;
    return given(flatRate) ? value * flatRate : commission(units, value, maker, this.tradedValue);
  }

  /** A fill begins: the parts that are charged from here on share one commission. */
  beginFill(): void {
    if (given(this.rules.flatRate)) return;
    const fill = this.#fill;
    fill.units = 0;
    fill.value = 0;
    fill.fee = 0;
    fill.before = this.tradedValue;
  }

  /** The commission of one part of a fill, what the fill as a whole costs more for it; counts its value as traded. */
  chargePart(units: number, value: number, maker: boolean): number {
    const { flatRate, commission, quirks } = this.rules;
    const fill = this.#fill;
    let fee: number;
    if (given(flatRate)) fee = value * flatRate;
    else if (quirks.feePerTrade) fee = this.feeOf(units, value, maker);
    else {
      fill.units += units;
      fill.value += value;
      const whole = commission(fill.units, fill.value, maker, fill.before);
      fee = whole - fill.fee;
      fill.fee = whole;
    }
    this.tradedValue += value;
    return fee;
  }

  /** Marks every position at its instrument's last close. */
  markAtClose(): void {
    for (const market of this.markets) {
      const { index } = market.bars.cursor;
      if (index >= 0) market.mark = market.columns.close[index]!;
    }
  }

  /** Value of all open trades at their markets' marks, long and short added up. */
  exposure(): number {
    let exposure = 0;
    for (const market of this.markets) {
      let lots = 0;
      for (let lot = market.firstLot; lot !== undefined; lot = lot.next) lots += lot.lots;
      if (lots > 0) exposure += lots * market.mark * market.lotValue;
    }
    return exposure;
  }

  /** Equity that no open trade ties up, never negative. */
  freeEquity(): number {
    if (this.markets.length === 1 && !this.markets[0]!.holds) return Math.max(0, this.cash);
    return Math.max(0, this.equity() - this.exposure() / this.rules.leverage);
  }
}
