import { type Reading, type TriggerInputs, TriggerWatch } from "../trading/triggers.ts";
import type { SessionCore } from "./core.ts";

/** How often the triggers are looked at. */
const EVERY_MS = 1_000;
/** Below so many orders in the window a ratio says nothing. */
const MIN_ORDERS = 20;

/** Watches the partition's own figures and raises its level when one is out of bounds (KS-25, KS-26). Never lowers one. */
export class TriggerDesk {
  readonly #core: SessionCore;
  readonly #watch = new TriggerWatch();
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(core: SessionCore) {
    this.#core = core;
  }

  get wakeAt(): number {
    return this.#nextAt;
  }

  /** Only the holder judges: to anyone else the figures may be a successor's. */
  run(): void {
    const { now, phase, config, desk, isHolder } = this.#core;
    const first = config.instruments[0];
    if (phase !== "trading" || !isHolder || first === undefined || now.mono < this.#nextAt) return;
    this.#nextAt = now.mono + EVERY_MS;
    for (const trip of this.#watch.evaluate(() => this.#inputs(), desk.resolved(first.id, now.wall), now.mono)) {
      this.#core.stop(trip.code, trip.reason, this.#core.scope, trip.level);
    }
  }

  #inputs(): TriggerInputs {
    const { now, config, desk, market, reconciler, departed, intended } = this.#core;
    const { account, accountReadAt } = desk;
    const flow = desk.flow.view(now.mono);
    const at = (value: number | undefined, seenAt: number | undefined): Reading | undefined =>
      value === undefined || seenAt === undefined ? undefined : { value, seenAt };
    const lastPrices = config.instruments.map(({ id }) => market.references(id)[0]?.seenAt);
    const oldest = lastPrices.includes(undefined) ? undefined : Math.min(...lastPrices.map((seen) => seen ?? 0));
    const approved = config.approvedBuildHash === config.buildHash;
    return {
      dayLoss: at(account && account.dayStartEquity - account.equity, accountReadAt),
      drawdownRatio: at(account && 1 - account.equity / Math.max(1, account.peakEquity), accountReadAt),
      driftLots: at(reconciler.persistentDriftLots, reconciler.comparedAt),
      rejects: at(flow.rejects, now.mono),
      orderToTrade: at(flow.sent.length < MIN_ORDERS ? 0 : flow.sent.length / Math.max(1, flow.fills), now.mono),
      executions: at(flow.runsSinceHuman + 1, now.mono),
      feedSilenceMs: oldest === undefined ? undefined : { value: now.mono - oldest, seenAt: now.mono },
      clockSkewMs: at(desk.clockSkewMs === undefined ? undefined : Math.abs(desk.clockSkewMs), desk.venueTimeAt),
      departuresApart: { value: Math.max(0, departed - intended), seenAt: now.mono },
      buildsApart: { value: approved ? 0 : 1, seenAt: now.mono },
    };
  }
}
