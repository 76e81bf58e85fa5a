/** People are told in steps: a switch that is pushed out all the time says the same all the time. */
const STEP_S = 15;

/** Orders of a worker that rest at its venue, and what the venue does with them when this side falls silent. */
export interface OrdersAtVenue {
  readonly open: number;
  /** Of those, how many the venue's dead-man's switch withdraws. */
  readonly covered: number;
  /** In how long at the latest, milliseconds; undefined when no switch is armed. */
  readonly withinMs?: number | undefined;
}

/** What becomes of our orders if this host dies now (KS-28). */
export interface HostLoss {
  /** Orders that go on resting at the venue, with nobody to look after them. */
  readonly stayLive: number;
  readonly withdrawn: number;
  /** When the last of them is withdrawn, at the latest. */
  readonly withinMs?: number;
  /** The same for people. */
  readonly words: string;
}

export function hostLoss(workers: readonly OrdersAtVenue[]): HostLoss {
  const sum = (of: (orders: OrdersAtVenue) => number) => workers.reduce((total, one) => total + of(one), 0);
  const withdrawn = sum(({ covered }) => covered);
  const stayLive = sum(({ open, covered }) => open - covered);
  const waits = workers.flatMap(({ covered, withinMs }) => (covered > 0 && withinMs !== undefined ? [withinMs] : []));
  const withinMs = waits.length === 0 ? undefined : Math.max(0, ...waits);
  return {
    stayLive,
    withdrawn,
    ...(withinMs !== undefined && { withinMs }),
    words: `if this host dies now, ${wordsOf(stayLive, withdrawn, withinMs)}`,
  };
}

function wordsOf(stayLive: number, withdrawn: number, withinMs = 0): string {
  const live = stayLive === 1 ? "1 order stays live" : `${stayLive} orders stay live`;
  if (withdrawn === 0)
    return stayLive === 0
      ? "no order of ours is at a venue"
      : `${live}: nothing withdraws ${stayLive === 1 ? "it" : "them"}`;
  const cancels = `the venue cancels ${withdrawn === 1 ? "1 order" : `${withdrawn} orders`} within ${STEP_S * Math.ceil(withinMs / 1_000 / STEP_S)} s`;
  return stayLive === 0 ? cancels : `${cancels}, and ${live}`;
}
