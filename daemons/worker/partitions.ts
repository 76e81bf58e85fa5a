import { PartitionHolder } from "../../src/actions/trading/hold-partition.ts";
import type { MarkKeeper } from "../../src/actions/trading/keep-marks.ts";
import type { Push } from "../../src/actions/trading/keep-permit.ts";
import { tellDenials } from "../../src/actions/trading/tell-denials.ts";
import type { TradingMetrics } from "../../src/actions/trading/trading-metrics.ts";
import { FeedWatch } from "../../src/actions/trading/watched-feed.ts";
import type { Cancel } from "../../src/core/clock.ts";
import { OperatorError, OutageError } from "../../src/core/errors.ts";
import { seededRandom } from "../../src/core/random.ts";
import type { OperatorRequest } from "../../src/live/events.ts";
import type { SessionView } from "../../src/live/session.ts";
import { strategyTrader } from "../../src/live/strategy-trader.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";
import { type PartitionSpec, restrictedInstruments } from "../../src/runtime/partitions.ts";
import type { TradedVenue, VenueAccess } from "../../src/runtime/traded-venue.ts";
import type { openKillPlaces, openTradingStores } from "../../src/runtime/trading-stores.ts";
import { BUILT_IN_STRATEGIES } from "../../src/strategy/builtin/index.ts";
import { type AnyStrategy, strategyParams } from "../../src/strategy/define-strategy.ts";
import { accountId, instrumentId, strategyId } from "../../src/trading/instrument.ts";
import type { Permit } from "../../src/trading/permit.ts";
import type { Permissions } from "../../src/trading/risk/context.ts";
import type { LimitSet } from "../../src/trading/risk/limits.ts";
import { contains } from "../../src/trading/scope.ts";
import type { Standing } from "./standing.ts";

/** Longer than a permit lasts, so that a worker that has just died is not counted twice in a row. */
const BALANCE_MS = 2_500;
/** A market is called silent after this long, or after this many bars did not come, whichever is later. */
const SILENT_MARKET_MS = 10_000;
const SILENT_BARS = 5;
/** A bar is done when its intents are stored and its orders acknowledged; a slow venue takes seconds. */
const UNFINISHED_BAR_MS = 15_000;

export interface PartitionsOptions {
  readonly daemon: Daemon;
  readonly worker: string;
  readonly specs: readonly PartitionSpec[];
  readonly venue: TradedVenue;
  readonly access: VenueAccess;
  readonly stores: ReturnType<typeof openTradingStores>;
  /** Where a level that a session raises is held until the authority has it. */
  readonly latches: ReturnType<typeof openKillPlaces>["copies"];
  readonly standing: Standing;
  readonly permit: () => Permit | undefined;
  readonly limits: () => LimitSet | undefined;
  readonly figures: TradingMetrics;
  readonly marks: MarkKeeper;
}

/** The partitions that this worker holds or tries to hold. */
export interface Partitions {
  takePermit(permit: Permit): void;
  takeLimits(limits: LimitSet): void;
  takePush(push: Push): void;
  /** Asks those in the request's scope; each with how far it is. */
  ask(request: OperatorRequest): readonly object[];
  /** The session of each partition that is held. */
  sessions(): ReadonlyArray<readonly [partition: string, view: SessionView]>;
  view(): readonly object[];
  close(): Promise<void>;
}

export function openPartitions(options: PartitionsOptions): Partitions {
  const { daemon, specs, standing, marks } = options;
  const strategies = new Map(specs.map((spec) => [spec.id, strategyOf(spec)]));
  const feeds = new FeedWatch({
    onBar({ instrument, bar }) {
      daemon.progress("bar");
      marks.take(instrument, bar.close);
    },
    onDone: () => daemon.progress("bar-done"),
  });
  oweMarketWork(daemon, feeds, options.venue);
  const holders = new Map<string, PartitionHolder>();
  // An even share of what there is among the workers that live: who has more lets go, who has less takes (OL-09).
  let share = Math.ceil(specs.length / Math.max(1, daemon.config.worker.count));
  const engaged = () => [...holders.values()].filter((holder) => holder.engaged);
  const balance = keepBalance(options, (workers) => {
    share = Math.ceil(specs.length / Math.max(1, workers));
    const held = engaged();
    if (held.length > share) held.at(-1)!.handOver();
  });

  standing.readFrom(() => ({
    lastSent: [...holders.values()].reduce((sum, holder) => sum + holder.ordersSent, 0),
    partitions: [...holders].flatMap(([partition, { trading }]) => {
      if (trading === undefined) return [];
      const { epoch, level, unresolved, certifiedAt, orders, deadManUntil } = trading.view;
      const coveredFor = deadManUntil === undefined ? 0 : deadManUntil - daemon.clock.monotonic();
      const atVenue = {
        open: orders.size,
        covered: coveredFor > 0 ? orders.size : 0,
        ...(coveredFor > 0 && { withinMs: coveredFor }),
      };
      const certificateAgeMs = certifiedAt === undefined ? undefined : daemon.clock.monotonic() - certifiedAt;
      return [{ partition, epoch, level, unresolved: unresolved.length, certificateAgeMs, atVenue }];
    }),
  }));
  for (const spec of specs) {
    holders.set(
      spec.id,
      holderOf(spec, strategies.get(spec.id)!, { ...options, feeds }, () => engaged().length < share),
    );
  }
  const each = (act: (holder: PartitionHolder) => void) => {
    for (const holder of holders.values()) act(holder);
  };
  return {
    takePermit: (permit) => each((holder) => holder.takePermit(permit)),
    takeLimits: (limits) => each((holder) => holder.takeLimits(limits)),
    takePush: (push) => each((holder) => holder.takePush(push)),
    ask: (request) =>
      specs.flatMap((spec) => {
        const owner = {
          venue: options.venue.id,
          account: accountId(spec.account),
          strategy: strategyId(spec.strategy),
          instrument: instrumentId(spec.instrument),
        };
        const evidence = contains(request.scope, owner) ? holders.get(spec.id)?.ask(request) : undefined;
        return evidence === undefined ? [] : [{ partition: spec.id, ...evidence }];
      }),
    sessions: () => [...holders].flatMap(([id, { trading }]) => (trading ? [[id, trading.view] as const] : [])),
    view: () =>
      [...holders].flatMap(([partition, { trading, ordersSent }]) => {
        if (trading === undefined) return [];
        const { orders, denials, ...view } = trading.view;
        return [{ partition, ordersSent, openOrders: orders.size, denials: Object.fromEntries(denials), ...view }];
      }),
    close: async () => {
      balance();
      await Promise.all([...holders.values()].map((holder) => holder.close()));
    },
  };
}

/** A market that falls silent, and orders that do not come to rest: told at once, mended where they are. */
function oweMarketWork({ owes }: Daemon, feeds: FeedWatch, { barsPerSecond }: TradedVenue): void {
  owes("bar", {
    withinMs: Math.max(SILENT_MARKET_MS, barsPerSecond > 0 ? (SILENT_BARS * 1_000) / barsPerSecond : 0),
    words: "no bar from the market",
    isDue: () => feeds.expectsBars,
    isOwn: false,
  });
  owes("bar-done", {
    withinMs: UNFINISHED_BAR_MS,
    words: "what follows from a bar is not done",
    isDue: () => feeds.hasUnfinished,
    isOwn: false,
  });
}

/** Tells now and then how many workers live, this one included. While that cannot be read nothing changes. */
function keepBalance({ daemon, stores }: PartitionsOptions, tell: (workers: number) => void): Cancel {
  let timer: Cancel | undefined;
  let closed = false;
  const look = async () => {
    try {
      const rows = await stores.registry.list();
      if (!closed) tell(Math.max(1, rows.filter(({ permitRemainingMs }) => permitRemainingMs > 0).length));
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
    }
    if (!closed) timer = daemon.clock.after(BALANCE_MS, () => void look());
  };
  timer = daemon.clock.after(BALANCE_MS, () => void look());
  return () => {
    closed = true;
    timer?.();
  };
}

function holderOf(
  spec: PartitionSpec,
  strategy: AnyStrategy,
  options: PartitionsOptions & { readonly feeds: FeedWatch },
  mayTake: () => boolean,
): PartitionHolder {
  const { daemon, worker, access, stores, latches, standing, permit, limits, figures, feeds } = options;
  const { clock, config, identity } = daemon;
  const { id: venueId, capabilities, currency, instruments, timing } = options.venue;
  const instrument = instruments.get(instrumentId(spec.instrument))!;
  const account = accountId(spec.account);
  const params = strategyParams(strategy, spec.params);
  const log = daemon.log.child({ partition: spec.id });
  const venue = access.openAccount(account);
  void daemon.open(`venue ${spec.id}`, venue);
  const permissions: Permissions = {
    restricted: restrictedInstruments(config),
    registration: {
      instruments: new Set([instrument.id]),
      accounts: new Set([spec.account]),
      venues: new Set([venueId]),
    },
  };
  const sayDenials = tellDenials(spec.id, clock, daemon.log);
  return new PartitionHolder({
    freshConfig: () => ({
      partition: spec.id,
      venue: venueId,
      account,
      strategy: strategyId(spec.strategy),
      instruments: [instrument],
      trader: strategyTrader({
        strategy,
        params,
        instruments: [instrument],
        capabilities,
        random: seededRandom(spec.id),
      }),
      buildHash: identity.buildHash,
      approvedBuildHash: config.trading.approvedBuild || identity.buildHash,
      capabilities,
      accountCurrency: currency,
      timing: { inFlightMs: venue.inFlightMs, ...timing },
    }),
    venue,
    orders: stores.orders(worker, instruments),
    authority: stores.authority,
    latches,
    leases: stores.leases,
    openMarketData: () => feeds.watch(access.openMarketData(log)),
    clock,
    log,
    worker,
    limits,
    permissions,
    mayTake,
    permit,
    onAcknowledge({ epoch, level }) {
      figures.acknowledged(epoch, level);
      standing.say();
    },
    onStep(event, commands) {
      figures.stepped(event, commands);
      sayDenials(commands);
    },
    onAlert: (code, text) => log.error(text, { code }),
  });
}

function strategyOf({ strategy }: PartitionSpec): AnyStrategy {
  const known = BUILT_IN_STRATEGIES.get(strategy);
  if (known !== undefined) return known;
  throw new OperatorError(`There is no strategy ${strategy}.`, {
    exit: "configuration",
    code: "STRATEGY_UNKNOWN",
    expected: [...BUILT_IN_STRATEGIES.keys()].join(", "),
    found: strategy,
    hint: "ttt strategy list",
  });
}
