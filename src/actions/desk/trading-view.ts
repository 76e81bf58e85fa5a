import { Decimal } from "decimal.js";
import type { DeskLevel, DeskPosition, DeskReading } from "../../ports/trading-desk.ts";
import { environmentOf } from "../../trading/environment.ts";
import { hostLoss } from "../../trading/host-loss.ts";
import { parseScope } from "../../trading/scope.ts";
import type { LevelView, PositionView, TradingView } from "../desk-feed.ts";
import type { KillStatus } from "../kill/read-kill-status.ts";

/** As many as a price in the fine steps of an exchange has; noise of floating point lies beyond. */
const AVERAGE_DIGITS = 9;

export interface TradingPlace {
  readonly currency: string;
  /** Venues that are configured, traded on or not. */
  readonly venues: readonly string[];
}

/**
 * How trading stands, from its record and from every store that can hold a level. The level is the strictest of all
 * stores, as the workers read it: the record alone may say RUN while a file blocks.
 */
export function tradingView(reading: DeskReading, status: KillStatus, { venues, currency }: TradingPlace): TradingView {
  const { epoch, workers, positions, orders, fills, denials } = reading;
  const seen = [...venues, ...[...positions, ...orders, ...fills].map(({ venue }) => venue)];
  const levels = levelsOf(reading.levels, status);
  const global = levels.find(({ scope }) => scope === "global");
  return {
    environment: environmentOf(seen),
    level: status.level,
    epoch,
    since: global?.since ?? 0,
    ...(global?.by !== undefined && { by: global.by }),
    ...(global?.reason !== undefined && { reason: global.reason }),
    levels,
    workers: workers.map(({ instance, epoch: acknowledged, partitions, permitUntil }) => ({
      instance,
      epoch: acknowledged,
      partition: partitions.join(", "),
      permitUntil,
    })),
    ...(workers.length > 0 && { hostLoss: hostLoss(workers.map(({ atVenue }) => atVenue)).words }),
    positions: positions.filter(({ quantity }) => !new Decimal(quantity).isZero()).map(positionView),
    ...unrealisedOf(positions),
    orders,
    fills,
    denials,
    currency,
    profit: profitOf(positions),
    profitHistory: [],
  };
}

/** An average of several prices has no end of places, and open profit comes of one: both end where reading them does. */
function positionView({ averagePrice = "0", unrealised, ...position }: DeskPosition): PositionView {
  return {
    ...position,
    averagePrice: new Decimal(averagePrice).toSignificantDigits(AVERAGE_DIGITS).toFixed(),
    ...(unrealised !== undefined && { unrealised: new Decimal(unrealised).toFixed(2) }),
    profit: profitOf([position]),
  };
}

/** Each level with who set it, as far as the record is what decides; otherwise with the store that does. */
function levelsOf(recorded: readonly DeskLevel[], { scopes, stores, missing }: KillStatus): readonly LevelView[] {
  return scopes.map(({ scope: text, level, since: epoch }): LevelView => {
    const scope = parseScope(text) ?? "global";
    const row = recorded.find((one) => one.scope === scope);
    if (row?.level === level) return row;
    const reason =
      scope === "global" && missing.length > 0
        ? `no answer from ${missing.join(", ")}`
        : stores.map(({ store, says }) => `${store} says ${says}`).join("; ");
    return { scope, level, epoch, since: 0, reason };
  });
}

/** What closing everything at the last prices would bring; nothing to say while a price is missing. */
function unrealisedOf(positions: readonly DeskPosition[]): { readonly unrealised?: string } {
  const open = positions.filter(({ quantity }) => !new Decimal(quantity).isZero());
  if (open.some(({ unrealised }) => unrealised === undefined)) return {};
  return { unrealised: open.reduce((sum, one) => sum.plus(one.unrealised ?? 0), new Decimal(0)).toFixed(2) };
}

/** Realised, after commission, exact to the cent of the record. */
function profitOf(positions: readonly Pick<DeskPosition, "realised" | "commission">[]): string {
  return positions
    .reduce((sum, { realised, commission }) => sum.plus(realised).minus(commission), new Decimal(0))
    .toFixed(2);
}
