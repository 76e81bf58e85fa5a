import type { AccountShape } from "../../ports/trading-account.ts";
import type { Owner } from "../../trading/scope.ts";

/** Who may own orders and positions of the account: each of its partitions. */
export function ownersIn({ account, instruments, partitions }: AccountShape): Owner[] {
  return partitions.flatMap(({ strategy, instrument }) => {
    const known = instruments.get(instrument);
    return known === undefined ? [] : [{ venue: known.venue, account, strategy, instrument }];
  });
}
