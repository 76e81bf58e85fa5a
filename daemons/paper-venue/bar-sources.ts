import { seededRandom } from "../../src/core/random.ts";
import { type Bar, type BarColumns, barAt } from "../../src/trading/bar.ts";
import type { BarSource } from "./feed.ts";

const MINUTE_MS = 60_000;
/** Synthetic markets begin here, so that a run can be repeated: 2024-01-01, UTC. */
const SYNTHETIC_START = 1_704_067_200_000;

/** Replays one file's bars for each instrument in turn; after the last bar it ends or starts over, later in time. */
export function replaySource(columns: BarColumns, instruments: readonly string[], atEnd: "hold" | "repeat"): BarSource {
  const count = columns.time.length;
  const span = columns.time[count - 1]! - columns.time[0]! + (count > 1 ? columns.time[1]! - columns.time[0]! : 0);
  return (index) => {
    const step = Math.floor(index / instruments.length);
    const round = Math.floor(step / count);
    if (round > 0 && atEnd === "hold") return undefined;
    const bar = barAt(columns, step % count);
    return { instrument: instruments[index % instruments.length]!, bar: { ...bar, time: bar.time + round * span } };
  };
}

/** Endless minute bars of a random walk with changing drift, on the tick, the same for the same seed. */
export function syntheticSource(instruments: readonly string[], seed: number): BarSource {
  const walks = instruments.map((name) => new SyntheticWalk(`${seed}/${name}`));
  return (index) => {
    const slot = index % instruments.length;
    return { instrument: instruments[slot]!, bar: walks[slot]!.at(Math.floor(index / instruments.length)) };
  };
}

/** Bars must be asked for in order; an earlier one starts the walk anew. */
class SyntheticWalk {
  readonly #seed: string;
  #random = seededRandom(0);
  #next = 0;
  #price = 100;
  #drift = 0;

  constructor(seed: string) {
    this.#seed = seed;
    this.#restart();
  }

  at(step: number): Bar {
    if (step < this.#next) this.#restart();
    for (;;) {
      const bar = this.#advance();
      if (this.#next > step) return bar;
    }
  }

  #restart(): void {
    this.#random = seededRandom(this.#seed);
    this.#next = 0;
    this.#price = 100;
  }

  #advance(): Bar {
    const random = this.#random;
    if (this.#next % 40 === 0) this.#drift = random.normal() * 0.001;
    const open = this.#price;
    const close = Math.max(1, open * (1 + this.#drift + random.normal() * 0.002));
    const reach = () => Math.abs(random.normal()) * 0.0015 * open;
    const high = Math.max(open, close) + reach();
    const low = Math.max(0.5, Math.min(open, close) - reach());
    const time = SYNTHETIC_START + this.#next * MINUTE_MS;
    this.#next += 1;
    this.#price = cents(close);
    return { time, open, high: cents(high), low: cents(low), close: cents(close), volume: random.integer(100, 10_000) };
  }
}

const cents = (price: number) => Math.round(price * 100) / 100;
