import { PostgresTradingDesk } from "../adapters/postgres/postgres-trading-desk.ts";
import type { Clock } from "../core/clock.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { openKillCopies, openTradingStores } from "./trading-stores.ts";

/** The record of trading and everything that can hold a level, to look at. Rejects when the stack was never started. */
export async function openTradingRecord(config: Config, clock: Clock) {
  const postgres = await openDatabase(config, {
    applicationName: "ttt console",
    maxConnections: 3,
    connectTimeoutMs: 2_000,
    statementTimeoutMs: 5_000,
  });
  const copies = openKillCopies(config);
  return {
    desk: new PostgresTradingDesk(postgres),
    authority: openTradingStores(postgres, clock).authority,
    copies,
    close: async () => {
      for (const copy of copies) await copy.close();
      await postgres.close();
    },
  };
}
