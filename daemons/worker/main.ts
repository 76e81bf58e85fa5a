// Trades the partitions it holds a lease on: market data to strategy to risk to orders. Keeps nothing of its own:
// what it needs to go on after a crash stands in the database and at the venue.
import { createHash } from "node:crypto";
import { beginTrading } from "../../src/actions/trading/begin-trading.ts";
import { keepLimits } from "../../src/actions/trading/keep-limits.ts";
import { MarkKeeper } from "../../src/actions/trading/keep-marks.ts";
import { keepPermit } from "../../src/actions/trading/keep-permit.ts";
import { TradingMetrics } from "../../src/actions/trading/trading-metrics.ts";
import { messageOf } from "../../src/core/errors.ts";
import { runDaemon } from "../../src/runtime/daemon.ts";
import { openDaemonDatabase, openOrderLane } from "../../src/runtime/database.ts";
import { requireConfirmedMoney } from "../../src/runtime/exchange.ts";
import { partitionSpecs } from "../../src/runtime/partitions.ts";
import { openStackFigures } from "../../src/runtime/stack-figures.ts";
import { tradedVenue, venueAccess } from "../../src/runtime/traded-venue.ts";
import { openKillPlaces, openTradingStores } from "../../src/runtime/trading-stores.ts";
import { workerName } from "../../src/runtime/worker-name.ts";
import type { Permit } from "../../src/trading/permit.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import type { LimitSet } from "../../src/trading/risk/limits.ts";
import { serveKill } from "./control.ts";
import { openPartitions } from "./partitions.ts";
import { Standing } from "./standing.ts";

/** Twenty renewals that did not come, although the database answers. */
const PERMIT_STANDS_STILL_MS = 10_000;

await runDaemon("worker", async (daemon) => {
  const { clock, config, identity, log } = daemon;
  const worker = workerName(config, identity.instance);
  requireConfirmedMoney(config);
  const venue = tradedVenue(config);
  const specs = partitionSpecs(config);
  const access = venueAccess(config, { clock, log, client: worker, partitions: specs });
  await access.meet();
  const configHash = createHash("sha256")
    .update(JSON.stringify([config.trading, venue.id, specs]))
    .digest("hex")
    .slice(0, 12);

  const postgres = await daemon.open("database", openDaemonDatabase(config, identity));
  await daemon.needs("postgres", () => postgres.query("SELECT 1"));
  const lane = await daemon.open("intents", openOrderLane(config, { applicationName: identity.instance }));
  const stores = openTradingStores(postgres, clock, lane);
  const places = openKillPlaces(config);
  for (const copy of places.copies) await daemon.open(`kill ${copy.name}`, copy);

  const standing = new Standing({
    registry: stores.registry,
    worker,
    buildHash: identity.buildHash,
    configHash,
    onFailure: (error) => log.warn("the level could not be acknowledged", { error: messageOf(error) }),
  });
  let permit: Permit | undefined;
  const figures = new TradingMetrics({
    metrics: daemon.metrics,
    clock,
    figures: openStackFigures(postgres),
    instruments: venue.instruments,
  });
  const marks = new MarkKeeper({ marks: stores.marks, instruments: venue.instruments, clock });
  await daemon.open("marks", marks);
  let limits: LimitSet | undefined;
  const partitions = openPartitions({
    daemon,
    worker,
    specs,
    venue,
    access,
    stores,
    latches: places.copies,
    standing,
    permit: () => permit,
    limits: () => limits,
    figures,
    marks,
  });
  figures.showAll(() => ({ partitions: partitions.sessions(), permit }));
  daemon.publish({});
  serveKill(daemon, { worker, latch: places.process, partitions, standing });

  daemon.owes("permit", { withinMs: PERMIT_STANDS_STILL_MS, words: "no permit was read", isOwn: true });
  for (const copy of places.copies.filter(({ role }) => role === "copy")) {
    await daemon.needs(copy.name, async () => {
      const { status } = await copy.read(new Map());
      if (status === "unreachable") throw new Error("does not answer");
    });
  }
  await beginTrading({
    ...{ authority: stores.authority, venue, worker, log },
    accounts: [...new Set(specs.map(({ account }) => account))],
  });
  const permits = await keepPermit({
    authority: stores.authority,
    copies: places.copies,
    clock,
    log,
    actor: worker,
    onPermit(offered) {
      permit = offered;
      partitions.takePermit(offered);
      standing.renewed(offered, clock.monotonic());
      daemon.progress("permit");
    },
    onPush: (push) => partitions.takePush(push),
  });
  await daemon.open("permit", permits);
  const limitsKept = keepLimits({
    limits: stores.limits,
    defaults: DEFAULT_LIMITS,
    clock,
    log,
    onLimits(read) {
      limits = read;
      partitions.takeLimits(read);
    },
  });
  await daemon.open("risk limits", limitsKept);
  await daemon.open("standing", standing);
  await daemon.open("partitions", partitions);
  daemon.ready();
});
