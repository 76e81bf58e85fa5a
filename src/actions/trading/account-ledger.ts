import type { Bar } from "../../trading/bar.ts";
import {
  type Instrument,
  type InstrumentId,
  type Micros,
  micros,
  microsPerUnit,
  roundToTicks,
} from "../../trading/instrument.ts";
import type { Position } from "../../trading/position.ts";
import type { AccountOthers, AccountView, EquityMarks } from "../../trading/risk/account-view.ts";

const DAY_MS = 86_400_000;

/**
 * What the account has, between two snapshots of the venue: its cash as last shown, moved by the fills since, and
 * positions at their last prices. What other partitions of the account hold counts at its cost.
 */
export class AccountLedger {
  readonly #instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly #marks = new Map<InstrumentId, number>();
  /** Cash of the account less what the partition's own trading has moved. */
  #base: number | undefined;
  #others: AccountOthers = { others: new Map(), worth: micros(0) };
  #version = 0;
  #peak = Number.NEGATIVE_INFINITY;
  #day = Number.NaN;
  #dayStart = 0;
  #armedEpoch = 0;
  #recorded: EquityMarks | undefined;

  constructor(instruments: ReadonlyMap<InstrumentId, Instrument>) {
    this.#instruments = instruments;
  }

  takeBar(instrument: InstrumentId, bar: Bar): void {
    const known = this.#instruments.get(instrument);
    if (known !== undefined) this.#marks.set(instrument, roundToTicks(known, bar.close, "nearest"));
  }

  /** The venue showed this much cash when the partition held these positions. */
  takeCash(cash: Micros | undefined, positions: readonly Position[]): void {
    if (cash !== undefined) this.#base = cash - this.#moved(positions);
  }

  /** What the record says of the account's other partitions. */
  takeOthers(others: AccountOthers): void {
    this.#others = others;
  }

  /** Takes over what earlier holders saw: of a day that has passed only the peak, and that only until a later arm. */
  restore({ day, dayStart, peak, armedEpoch }: EquityMarks): void {
    this.#day = day;
    this.#dayStart = dayStart;
    if (armedEpoch < this.#armedEpoch) return;
    this.#armedEpoch = armedEpoch;
    this.#peak = Math.max(this.#peak, peak);
  }

  /** A person armed at this epoch, and has seen how far equity had fallen: the peak counts from there. */
  armed(epoch: number): void {
    if (epoch <= this.#armedEpoch) return;
    this.#armedEpoch = epoch;
    this.#peak = Number.NEGATIVE_INFINITY;
  }

  /** What a later holder must know and is not told yet; undefined when there is nothing new. */
  get unrecorded(): EquityMarks | undefined {
    if (Number.isNaN(this.#day) || this.#peak === Number.NEGATIVE_INFINITY) return undefined;
    const { day, dayStart, peak, armedEpoch } = this.#recorded ?? {};
    const now = {
      ...{ day: this.#day, armedEpoch: this.#armedEpoch },
      ...{ dayStart: whole(this.#dayStart), peak: whole(this.#peak) },
    };
    const same = now.day === day && now.dayStart === dayStart && now.peak === peak && now.armedEpoch === armedEpoch;
    return same ? undefined : now;
  }

  recorded(marks: EquityMarks): void {
    this.#recorded = marks;
  }

  /** Undefined until the venue has shown its cash. */
  view(positions: readonly Position[], wall: number): AccountView | undefined {
    if (this.#base === undefined) return undefined;
    const cash = this.#base + this.#moved(positions);
    // What the others bought has left the cash, and is worth something all the same.
    const base = this.#base + this.#others.worth;
    const equity =
      cash +
      this.#others.worth +
      this.#sum(positions, ({ instrument, lots }) => lots * (this.#marks.get(instrument) ?? 0));
    const day = Math.floor(wall / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayStart = equity;
    }
    this.#peak = Math.max(this.#peak, equity);
    this.#version += 1;
    return {
      readAt: wall,
      version: this.#version,
      // The session adds the partition's own flows and profit by itself: they are not in these two.
      freeCash: whole(this.#base),
      equity: whole(base),
      peakEquity: whole(this.#peak),
      dayStartEquity: whole(this.#dayStart),
      marginRatio: 1,
      others: this.#others.others,
    };
  }

  #moved(positions: readonly Position[]): number {
    const commission = positions.reduce((sum, position) => sum + position.commission, 0);
    return this.#sum(positions, ({ realised, cost }) => realised - cost) - commission;
  }

  /** The sum of something in ticks times lots, in millionths of the currency. */
  #sum(positions: readonly Position[], unitsOf: (position: Position) => number): number {
    return positions.reduce((sum, position) => {
      const instrument = this.#instruments.get(position.instrument);
      return instrument === undefined ? sum : sum + unitsOf(position) * microsPerUnit(instrument);
    }, 0);
  }
}

const whole = (amount: number) => micros(Math.floor(amount));
