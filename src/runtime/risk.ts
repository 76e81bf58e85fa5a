import { PostgresDecisionStore } from "../adapters/postgres/postgres-decision-store.ts";
import { PostgresLimitStore } from "../adapters/postgres/postgres-limit-store.ts";
import type { DecisionStore } from "../ports/decision-store.ts";
import type { LimitStore } from "../ports/limit-store.ts";
import { DEFAULT_LIMITS } from "../trading/risk/default-limits.ts";
import type { LimitSet } from "../trading/risk/limits.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { isRealMoney } from "./exchange.ts";

/** What the operator's side of the risk checks works with. Close it when done. */
export interface RiskAccess {
  readonly limits: LimitStore;
  readonly decisions: DecisionStore;
  readonly defaults: LimitSet;
  readonly onePerson: boolean;
  close(): Promise<void>;
}

export async function openRisk(config: Config): Promise<RiskAccess> {
  const postgres = await openDatabase(config, { applicationName: "ttt risk", maxConnections: 2 });
  return {
    limits: new PostgresLimitStore(postgres),
    decisions: new PostgresDecisionStore(postgres),
    defaults: DEFAULT_LIMITS,
    onePerson: config.trading.limitApproval === "one-person" && !isRealMoney(config),
    close: () => postgres.close(),
  };
}
