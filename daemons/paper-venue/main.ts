// A simulated exchange as a process of its own: matches orders against the bars that it publishes, and keeps the only
// true record of what was traded. It outlives the workers, and its record outlives it.
import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { runDaemon } from "../../src/runtime/daemon.ts";
import { paperBars, paperVenueSettings } from "../../src/runtime/paper-venue.ts";
import { BarHistory, KEPT_BARS } from "./bar-history.ts";
import { replaySource, syntheticSource } from "./bar-sources.ts";
import { acceptClients } from "./clients.ts";
import { Exchange } from "./exchange.ts";
import { FaultPlan } from "./faults.ts";
import { Feed } from "./feed.ts";
import { PaperVenue } from "./paper-venue.ts";
import { RecordFile, readRecords } from "./record-file.ts";

await runDaemon("paper-venue", async (daemon) => {
  const { clock, config } = daemon;
  const { address, secret, recordFile, instruments } = paperVenueSettings(config);
  const names = instruments.map((one) => one.id);
  const columns = paperBars(config);
  const source =
    columns === undefined
      ? syntheticSource(names, config.paper.seed)
      : replaySource(columns, names, config.paper.atEnd);

  const past = readRecords(recordFile);
  const file = await daemon.open("record", new RecordFile(recordFile, clock));
  const exchange = new Exchange({
    instruments,
    cash: config.trading.cash,
    feeRate: config.paper.feeRate,
    record(record) {
      file.append(record);
      if ("report" in record) venue.tell(record.report);
    },
  });
  for (const record of past) exchange.apply(record);

  const history = new BarHistory();
  for (let index = Math.max(0, exchange.nextBar - KEPT_BARS); index < exchange.nextBar; index++) {
    const known = source(index);
    if (known !== undefined) history.add(known.instrument, known.bar);
  }

  const faults = new FaultPlan();
  const venue: PaperVenue = new PaperVenue({ clock, exchange, history, faults, secret, instruments });
  const feed = new Feed({
    clock,
    source,
    next: exchange.nextBar,
    pace: { barsPerSecond: config.paper.barsPerSecond, paused: false },
    lockstep: config.paper.pace === "lockstep",
    publish(index, feedBar) {
      venue.publish(index, feedBar);
      daemon.progress("bar");
    },
    ended: (index) => venue.feedEnded(index),
  });
  venue.useFeed(feed);
  await daemon.open("venue", venue);

  const server = createServer();
  acceptClients(server, { venue, clock, faults });
  const [host, port] = address.split(/:(?=\d+$)/);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (port === undefined) {
      // The control socket is this instance's lock: a file that is left here belongs to a venue that was killed.
      rmSync(address, { force: true });
      server.listen(address, resolve);
    } else server.listen(Number(port), host, resolve);
  });
  if (port === undefined) chmodSync(address, 0o600);
  await daemon.open("clients", { close: () => void server.close() });
  daemon.log.info("open for trading", { instruments: names, reports: exchange.seq, nextBar: exchange.nextBar });
  feed.wake();
  daemon.ready();
});
