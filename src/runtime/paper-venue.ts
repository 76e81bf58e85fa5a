import { basename, join } from "node:path";
import { keptSecret } from "../adapters/files/state-files.ts";
import { readCsvBars } from "../adapters/market-data/csv-bars.ts";
import type { BarColumns } from "../trading/bar.ts";
import { type Instrument, type InstrumentId, instrumentId, lots, venueId } from "../trading/instrument.ts";
import type { PaperInstrument } from "../trading/paper/wire.ts";
import type { Config } from "./config.ts";
import { registerSecret } from "./redaction.ts";

/** Where the paper venue is and what it lists: known to it and to its clients from the configuration alone. */
export interface PaperVenueSettings {
  /** A socket's path, or HOST:PORT. */
  readonly address: string;
  readonly secret: string;
  /** The venue's own record of orders, fills and positions. */
  readonly recordFile: string;
  readonly instruments: readonly PaperInstrument[];
}

export const SYNTHETIC_INSTRUMENT = "SYN-USD";

export function paperVenueSettings(config: Config): PaperVenueSettings {
  const secret = keptSecret(config.paths.secret("paper-venue.secret"));
  registerSecret(secret);
  return {
    address: config.paper.address || join(config.paths.run, "venue.sock"),
    secret,
    recordFile: join(config.paths.venue, "record.ndjson"),
    instruments: instrumentNames(config).map((id) => ({ id, tickSize: "0.01", lotSize: config.paper.lotSize })),
  };
}

export const PAPER_VENUE = venueId("paper");
export const PAPER_CURRENCY = "USD";

/** The instruments of the paper venue in the language of trading. */
export function paperInstruments(config: Config): ReadonlyMap<InstrumentId, Instrument> {
  return new Map(
    paperVenueSettings(config).instruments.map(({ id, tickSize, lotSize }) => {
      const instrument: Instrument = {
        id: instrumentId(id),
        venue: PAPER_VENUE,
        tickSize,
        lotSize,
        multiplier: 1,
        currency: PAPER_CURRENCY,
        minimum: lots(1),
        maximum: lots(1_000_000_000),
      };
      return [instrument.id, instrument];
    }),
  );
}

/** The bars to replay, or undefined when the market is synthetic. */
export function paperBars(config: Config): BarColumns | undefined {
  return config.paper.data === "" ? undefined : readCsvBars(config.paper.data);
}

function instrumentNames({ paper }: Config): string[] {
  const named = paper.instruments.split(",").map((name) => name.trim());
  if (named.some((name) => name !== "")) return named.filter((name) => name !== "");
  return [paper.data === "" ? SYNTHETIC_INSTRUMENT : basename(paper.data).replace(/\.(csv|parquet)(\.gz)?$/i, "")];
}
