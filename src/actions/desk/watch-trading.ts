import { Decimal } from "decimal.js";
import { type Clock, sleep } from "../../core/clock.ts";
import type { DeskPosition, DeskReading, TradingDesk } from "../../ports/trading-desk.ts";
import type { TradingView } from "../desk-feed.ts";
import { keepTrying } from "./keep-trying.ts";
import type { DeskSender } from "./sender.ts";

export interface TradingSource {
  /** Opens the record anew. Rejects while there is none. */
  readonly open: () => Promise<TradingDesk>;
  readonly currency: string;
  /** Venues that are configured, traded on or not. */
  readonly venues: readonly string[];
}

/** The only venue on which no money is at stake. */
const PAPER = "paper";
const POLL_MS = 1_000;
/** However fast the record changes, it is not read more often. */
const LEAST_PAUSE_MS = 200;
const FILLS = 100;
/** Ten minutes of profit, a sample a second. */
const HISTORY = 600;

/** The record of trading as messages: read once a second and whenever a level changes. */
export function watchTrading(
  source: TradingSource,
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  const history: number[] = [];
  const attempt = async (): Promise<undefined> => {
    const desk = await source.open();
    try {
      await follow(desk, source, history, clock, send, signal);
    } finally {
      await desk.close();
    }
  };
  return keepTrying(clock, signal, attempt, (loss) =>
    send({ topic: "trading", kind: "lost", at: clock.now(), ...loss }),
  );
}

async function follow(
  desk: TradingDesk,
  source: TradingSource,
  history: number[],
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  let changed = new AbortController();
  const cancel = await desk.onChange(() => changed.abort());
  let last = "";
  try {
    while (!signal.aborted) {
      changed = new AbortController();
      const trading = viewOf(await desk.read(FILLS), source);
      remember(history, Number(trading.profit));
      const { workers, ...rest } = trading;
      const text = JSON.stringify({ ...rest, workers: workers.map(withoutPermit(clock.now())) });
      const at = clock.now();
      if (text === last) send({ topic: "trading", kind: "heard", at });
      else send({ topic: "trading", kind: "snapshot", at, trading: { ...trading, profitHistory: [...history] } });
      last = text;
      await sleep(clock, LEAST_PAUSE_MS, signal);
      await sleep(clock, POLL_MS - LEAST_PAUSE_MS, AbortSignal.any([signal, changed.signal]));
    }
  } finally {
    cancel();
  }
}

function viewOf(reading: DeskReading, { venues, currency }: TradingSource): TradingView {
  const { epoch, levels, workers, positions, orders, fills } = reading;
  const seen = [...venues, ...[...positions, ...orders, ...fills].map(({ venue }) => venue)];
  const global = levels.find(({ scope }) => scope === "global");
  return {
    environment: seen.every((venue) => venue === PAPER) ? "paper" : "live",
    // No global level is a BLOCK: that is how the workers read it, too.
    level: global?.level ?? "BLOCK",
    epoch,
    since: global?.since ?? 0,
    ...(global && { by: global.by, reason: global.reason }),
    levels,
    workers: workers.map(({ instance, epoch: acknowledged, partitions, permitUntil }) => ({
      instance,
      epoch: acknowledged,
      partition: partitions.join(", "),
      permitUntil,
    })),
    positions: positions
      .filter(({ quantity }) => !new Decimal(quantity).isZero())
      .map(({ averagePrice = "0", ...position }) => ({ ...position, averagePrice, profit: profitOf([position]) })),
    orders,
    fills,
    currency,
    profit: profitOf(positions),
    profitHistory: [],
  };
}

/** Realised, after commission, exact to the cent of the record. */
function profitOf(positions: readonly Pick<DeskPosition, "realised" | "commission">[]): string {
  return positions
    .reduce((sum, { realised, commission }) => sum.plus(realised).minus(commission), new Decimal(0))
    .toFixed(2);
}

function remember(history: number[], profit: number): void {
  history.push(profit);
  if (history.length > HISTORY) history.shift();
}

/** A permit is renewed several times a second: only whether it is held is worth a frame. */
function withoutPermit(now: number) {
  return ({ permitUntil = 0, ...worker }: TradingView["workers"][number]) => ({ ...worker, held: permitUntil > now });
}
