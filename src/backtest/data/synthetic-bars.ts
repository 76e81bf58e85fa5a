import { type Random, seededRandom } from "../../core/random.ts";
import type { BarColumns } from "../../trading/bar.ts";
import { emptyColumns } from "./repair-bars.ts";
import { sliceByRow } from "./slice-bars.ts";

/** What a synthetic market is like. The same options give the same bars on every machine. */
export interface SyntheticOptions {
  readonly seed: number;
  readonly bars: number;
  /** Time of the first bar, milliseconds since the epoch, UTC. */
  readonly startMs: number;
  readonly intervalMs: number;
  readonly startPrice: number;
  /** Yearly volatility of the calm regime; the turbulent one has three times as much. */
  readonly volatility: number;
  /** Smallest price step. */
  readonly tick: number;
  /** Chance per bar that a hole of some bars follows. */
  readonly gapChance: number;
  /** Chance per bar that a burst begins: a few bars of large moves and volume. */
  readonly burstChance: number;
  /** Leaves out Saturdays and Sundays. */
  readonly weekdaysOnly: boolean;
}

export const SYNTHETIC_DEFAULTS: SyntheticOptions = {
  seed: 1,
  bars: 10_000,
  startMs: Date.UTC(2020, 0, 1),
  intervalMs: 60_000,
  startPrice: 100,
  volatility: 0.5,
  tick: 0.01,
  gapChance: 0,
  burstChance: 0.0005,
  weekdaysOnly: false,
};

interface Regime {
  readonly name: "calm" | "trend-up" | "trend-down" | "turbulent";
  /** Yearly drift in units of the yearly volatility. */
  readonly drift: number;
  readonly volatilityFactor: number;
}

const REGIMES: readonly Regime[] = [
  { name: "calm", drift: 0, volatilityFactor: 1 },
  { name: "trend-up", drift: 1.5, volatilityFactor: 1 },
  { name: "trend-down", drift: -1.5, volatilityFactor: 1.3 },
  { name: "turbulent", drift: 0, volatilityFactor: 3 },
];

/** Mean length of a regime in bars. */
const REGIME_BARS = 500;
const BURST_BARS = 10;
const MAX_GAP_BARS = 30;
const YEAR_MS = 365 * 86_400_000;
/** Points of the random walk inside one bar: they make high and low wider than open and close. */
const STEPS = 4;

/** Made-up bars with regimes, bursts and holes. Whoever stores them marks them as synthetic. */
export function syntheticBars(options: Partial<SyntheticOptions> = {}): BarColumns {
  const market = { ...SYNTHETIC_DEFAULTS, ...options };
  const root = seededRandom(market.seed);
  const walk = root.fork("walk");
  const events = root.fork("events");
  const trading = root.fork("volume");
  const columns = emptyColumns(market.bars);
  const barDeviation = market.volatility * Math.sqrt(market.intervalMs / YEAR_MS);
  const barDrift = (market.volatility * market.intervalMs) / YEAR_MS;

  let regime = REGIMES[0]!;
  let burst = 0;
  let time = market.startMs;
  let price = market.startPrice;
  for (let i = 0; i < market.bars; i++) {
    if (events.next() < 1 / REGIME_BARS) regime = REGIMES[events.integer(0, REGIMES.length - 1)]!;
    if (events.next() < market.burstChance) burst = BURST_BARS;
    if (events.next() < market.gapChance) time += market.intervalMs * events.integer(1, MAX_GAP_BARS);
    if (market.weekdaysOnly) time = skipWeekend(time);
    const factor = regime.volatilityFactor * (burst > 0 ? 5 : 1);
    const bar = walkBar(price, regime.drift * barDrift, factor * barDeviation, walk);
    columns.time[i] = time;
    columns.open[i] = rounded(bar.open, market.tick);
    columns.high[i] = rounded(bar.high, market.tick);
    columns.low[i] = rounded(bar.low, market.tick);
    columns.close[i] = rounded(bar.close, market.tick);
    columns.volume[i] = Math.round(1000 * factor * Math.exp(0.5 * trading.normal()));
    price = bar.close;
    time += market.intervalMs;
    if (burst > 0) burst--;
  }
  return sliceByRow(columns, 0, market.bars);
}

function walkBar(start: number, drift: number, deviation: number, random: Random) {
  // A small step between two bars: the open is not exactly the close before.
  const open = start * Math.exp(0.1 * deviation * random.normal());
  let [price, high, low] = [open, open, open];
  for (let step = 0; step < STEPS; step++) {
    price *= Math.exp(drift / STEPS + (deviation / Math.sqrt(STEPS)) * random.normal());
    high = Math.max(high, price);
    low = Math.min(low, price);
  }
  return { open, high, low, close: price };
}

/** The nearest multiple of the tick, written without the tail of binary arithmetic; never below one tick. */
function rounded(price: number, tick: number): number {
  const decimals = Math.max(0, Math.ceil(-Math.log10(tick)));
  return Number((Math.max(1, Math.round(price / tick)) * tick).toFixed(decimals));
}

const DAY_MS = 86_400_000;

function skipWeekend(time: number): number {
  const day = (Math.floor(time / DAY_MS) + 4) % 7;
  if (day !== 6 && day !== 0) return time;
  return time + (day === 6 ? 2 : 1) * DAY_MS;
}
