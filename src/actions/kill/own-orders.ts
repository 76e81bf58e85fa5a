import type { AccountShape, TradingAccount } from "../../ports/trading-account.ts";
import { isClientOrderId, sequenceIn } from "../../trading/client-order-id.ts";
import type { Instrument, InstrumentId } from "../../trading/instrument.ts";
import { contains, type Scope } from "../../trading/scope.ts";
import type { VenueOrder, VenueSnapshot } from "../../trading/snapshot.ts";

/** The open orders of a snapshot, told apart by their client ids (KS-02). */
export interface SortedOrders {
  readonly inScope: readonly VenueOrder[];
  readonly foreign: readonly VenueOrder[];
}

/**
 * Which open orders are ours and in scope, and which are not ours at all. One of ours whose partition is not known here
 * any more is in scope when the scope does not ask for a strategy.
 */
export function sortOrders(account: TradingAccount, scope: Scope, { openOrders }: VenueSnapshot): SortedOrders {
  const venue = [...account.instruments.values()][0]?.venue;
  const inScope: VenueOrder[] = [];
  const foreign: VenueOrder[] = [];
  for (const order of openOrders) {
    const partition = account.partitions.find(
      ({ id, strategy }) => sequenceIn(order.clientOrderId, id, strategy) !== undefined,
    );
    if (partition === undefined && !isClientOrderId(order.clientOrderId)) foreign.push(order);
    else if (venue !== undefined) {
      const strategy = partition?.strategy ?? ("" as never);
      const owner = { venue, account: account.account, strategy, instrument: order.terms.instrument };
      if (contains(scope, owner)) inScope.push(order);
    }
  }
  return { inScope, foreign };
}

/** Whether anything of the account can lie in the scope. */
export function touches(account: AccountShape, scope: Scope): boolean {
  const instrument = [...account.instruments.values()][0];
  if (instrument === undefined) return false;
  const of = (strategy: string, id: InstrumentId) =>
    contains(scope, { venue: instrument.venue, account: account.account, strategy: strategy as never, instrument: id });
  if (account.partitions.some((partition) => of(partition.strategy, partition.instrument))) return true;
  return [...account.instruments.keys()].some((id) => of("", id));
}

/** The account's positions in scope, in the instrument's own quantity. Positions are the account's: no strategy's alone. */
export function positionsIn(account: TradingAccount, scope: Scope, { positions }: VenueSnapshot) {
  return [...positions].flatMap(([id, lots]) => {
    const instrument: Instrument | undefined = account.instruments.get(id);
    if (instrument === undefined || lots === 0) return [];
    const strategies = account.partitions.filter((partition) => partition.instrument === id);
    const owners = strategies.length > 0 ? strategies.map(({ strategy }) => strategy) : ["" as never];
    const inScope = owners.some((strategy) =>
      contains(scope, { venue: instrument.venue, account: account.account, strategy, instrument: id }),
    );
    return inScope ? [{ instrument, lots }] : [];
  });
}
