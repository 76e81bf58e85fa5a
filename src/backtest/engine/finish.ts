import type { Account } from "./account.ts";
import { EXIT_AT_END } from "./close-lot.ts";
import { cancelEntries, closeAllAtClose } from "./margin.ts";
import { matchAtClose, matchBar } from "./matching.ts";
import { orderClose } from "./views.ts";

/** What remains after the last bar: orders for its close, and closing what is open when the run is to be finalized. */
export function finish(account: Account, equity: Float64Array): void {
  const { fillAtClose, finalize, quirks } = account.rules;
  const last = equity.length - 1;
  if (last < 0) return;
  if (fillAtClose && !quirks.closeFillsLate) {
    for (const market of account.markets) matchLastClose(account, market);
  }
  if (finalize && quirks.finalizeAtOpen) finalizeAtOpen(account);
  else if (finalize) {
    for (const market of account.markets) {
      cancelEntries(market);
      closeAllAtClose(account, market, EXIT_AT_END, false);
    }
  }
  account.markAtClose();
  equity[last] = account.equity();
}

function matchLastClose(account: Account, market: Account["markets"][number]): void {
  market.matching = true;
  matchAtClose(account, market, market.columns.time.length - 1);
  market.endMatching();
}

/** The reference's way: close orders, and whatever else waits, are matched against the last bar once more. */
function finalizeAtOpen(account: Account): void {
  for (const market of account.markets) {
    const last = market.columns.time.length - 1;
    for (const lot of market.openLots().toReversed()) orderClose(account, market, lot, 1);
    for (const order of market.orders()) order.activeBar = Math.min(order.activeBar, last);
    matchBar(account, market, last);
  }
}
