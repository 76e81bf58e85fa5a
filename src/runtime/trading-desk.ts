import { PostgresTradingDesk } from "../adapters/postgres/postgres-trading-desk.ts";
import type { TradingDesk } from "../ports/trading-desk.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";

/** The record of trading, to look at. Rejects when the stack was never started here. */
export async function openTradingDesk(config: Config): Promise<TradingDesk> {
  return new PostgresTradingDesk(
    await openDatabase(config, { applicationName: "ttt console", maxConnections: 2, statementTimeoutMs: 5_000 }),
  );
}
