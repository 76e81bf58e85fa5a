import { FileJournalSpool } from "../adapters/files/file-journal-spool.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../ports/log.ts";
import type { TradingAccount } from "../ports/trading-account.ts";
import { accountId, instrumentId, strategyId } from "../trading/instrument.ts";
import { buildHash } from "./build-hash.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { isRealMoney } from "./exchange.ts";
import { partitionSpecs } from "./partitions.ts";
import { tradedVenue, venueAccess } from "./traded-venue.ts";
import { openKillCopies, openTradingStores } from "./trading-stores.ts";
import { openWorkerControl } from "./worker-control.ts";

/** Nobody waits long for a database that is away: there are other ways. */
const DATABASE_MS = 3_000;
/** What was asked of it and is still open when the report is made was given up before. */
const GOODBYE_MS = 200;

/**
 * Everything the kill switch works with, each part opened by itself: what cannot be opened is left out and said in
 * `missing`. It needs neither the API nor the supervisor nor a queue (KS-21). `databaseMs` is how long PostgreSQL may
 * take to let in, and to answer.
 */
export async function openKillSwitch(config: Config, clock: Clock, client: string, databaseMs = DATABASE_MS) {
  const missing: string[] = [];
  const closers: (() => Promise<void> | void)[] = [];
  const stores = await openStores(config, clock, { client, databaseMs }, closers).catch((error: unknown) => {
    missing.push(`postgres: ${messageOf(error)}`);
    return undefined;
  });
  const copies = openKillCopies(config);
  for (const copy of copies) closers.push(() => copy.close());
  const market = openMarket(config, clock, client, closers, missing);
  return {
    ports: {
      clock,
      authority: stores?.authority,
      registry: stores?.registry,
      leases: stores?.leases,
      journal: stores?.journal,
      spool: new FileJournalSpool(config.paths.journalSpool),
      record: stores?.record,
      armRules: { twoPersons: config.trading.armApproval === "two-persons" || isRealMoney(config) },
      copies,
      workers: openWorkerControl(config),
      accounts: market?.accounts ?? [],
      standIn: stores &&
        market && {
          ...{ clock, copies, log: SILENT, openOrders: stores.orders },
          ...{ authority: stores.authority, leases: stores.leases, limits: stores.limits },
          openMarketData: () => market.openMarketData(SILENT),
          meet: () => market.meet(),
          session: market.session,
        },
      // What could not be read may have named a database of many hosts, and accounts.
      mayRunElsewhere: config.profile === "services" || config.leftOut.length > 0,
      unread: config.leftOut,
      home: config.paths.home,
    },
    missing,
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}

/** What a command has to say stands in its report. */
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

async function openStores(
  config: Config,
  clock: Clock,
  { client, databaseMs }: { readonly client: string; readonly databaseMs: number },
  closers: (() => Promise<void> | void)[],
) {
  const postgres = await openDatabase(config, {
    applicationName: client,
    maxConnections: 3,
    connectTimeoutMs: databaseMs,
    statementTimeoutMs: databaseMs,
    goodbyeMs: GOODBYE_MS,
  });
  closers.push(() => postgres.close());
  return openTradingStores(postgres, clock);
}

/** Where it trades, and the accounts that are traded. A configuration that cannot be read must not stop a kill. */
function openMarket(
  config: Config,
  clock: Clock,
  client: string,
  closers: (() => Promise<void> | void)[],
  missing: string[],
) {
  try {
    const specs = partitionSpecs(config);
    const { instruments, capabilities, currency, timing } = tradedVenue(config);
    const { openAccount, openMarketData, meet } = venueAccess(config, { clock, client, partitions: specs });
    const accounts = [...new Set(specs.map((spec) => spec.account))].map((name): TradingAccount => {
      const account = accountId(name);
      const venue = openAccount(account);
      closers.push(() => venue.close());
      const partitions = specs
        .filter((spec) => spec.account === name)
        .map(({ id, strategy, instrument }) => ({
          id,
          strategy: strategyId(strategy),
          instrument: instrumentId(instrument),
        }));
      return { account, venue, instruments, partitions };
    });
    const build = buildHash();
    const session = { buildHash: build, approvedBuildHash: build, capabilities, accountCurrency: currency, timing };
    return { accounts, openMarketData, meet, session };
  } catch (error) {
    missing.push(`accounts: ${messageOf(error)}`);
    return undefined;
  }
}
