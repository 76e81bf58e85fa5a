import { type Clock, sleep } from "../../core/clock.ts";
import type { Closable } from "../../ports/closable.ts";
import type { KillAuthority, KillCopy } from "../../ports/kill-store.ts";
import type { TradingDesk } from "../../ports/trading-desk.ts";
import { readKillStatus } from "../kill/read-kill-status.ts";
import { keepTrying } from "./keep-trying.ts";
import type { DeskSender } from "./sender.ts";
import { tradingView } from "./trading-view.ts";

/** The record of trading and everything that can hold a level, opened together. */
export interface TradingRecord extends Closable {
  readonly desk: TradingDesk;
  readonly authority: KillAuthority;
  readonly copies: readonly KillCopy[];
}

export interface TradingSource {
  /** Opens the record anew. Rejects while there is none. */
  readonly open: () => Promise<TradingRecord>;
  readonly currency: string;
  /** Venues that are configured, traded on or not. */
  readonly venues: readonly string[];
  /** Whether somebody is there to read figures that move. */
  readonly isAttended: () => boolean;
}

const POLL_MS = 1_000;
const UNATTENDED_POLL_MS = 2_000;
/** However fast the record changes, it is not read more often. */
const LEAST_PAUSE_MS = 200;
const FILLS = 100;
/** Ten minutes of profit and more, a sample a reading. */
const HISTORY = 600;

/** The record of trading as messages: read every second or two and whenever a level changes. */
export function watchTrading(
  source: TradingSource,
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  const history: number[] = [];
  const attempt = async (): Promise<undefined> => {
    const record = await source.open();
    try {
      await follow(record, source, history, clock, send, signal);
    } finally {
      await record.close();
    }
  };
  return keepTrying(clock, signal, attempt, (loss) =>
    send({ topic: "trading", kind: "lost", at: clock.now(), ...loss }),
  );
}

async function follow(
  record: TradingRecord,
  source: TradingSource,
  history: number[],
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  const { desk, authority, copies } = record;
  let changed = new AbortController();
  const cancel = await desk.onChange(() => changed.abort());
  try {
    while (!signal.aborted) {
      changed = new AbortController();
      const [reading, status] = await Promise.all([
        desk.read(FILLS),
        readKillStatus({ authority, copies, registry: undefined }),
      ]);
      const trading = tradingView(reading, status, source);
      remember(history, Number(trading.profit) + Number(trading.unrealised ?? 0));
      const at = clock.now();
      // Also when nothing moved: until when a worker's permit holds is another time with every reading.
      send({ topic: "trading", kind: "snapshot", at, trading: { ...trading, profitHistory: [...history] } });
      await sleep(clock, LEAST_PAUSE_MS, signal);
      const pollMs = source.isAttended() ? POLL_MS : UNATTENDED_POLL_MS;
      await sleep(clock, pollMs - LEAST_PAUSE_MS, AbortSignal.any([signal, changed.signal]));
    }
  } finally {
    cancel();
  }
}

function remember(history: number[], profit: number): void {
  history.push(profit);
  if (history.length > HISTORY) history.shift();
}
