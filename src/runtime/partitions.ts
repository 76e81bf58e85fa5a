import { OperatorError } from "../core/errors.ts";
import { type InstrumentId, instrumentId } from "../trading/instrument.ts";
import { type PartitionId, partitionId } from "../trading/lease.ts";
import type { Config } from "./config.ts";
import { tradedVenue } from "./traded-venue.ts";

/** One strategy on one instrument at one account: what a worker takes a lease on. */
export interface PartitionSpec {
  readonly id: PartitionId;
  readonly strategy: string;
  readonly instrument: string;
  readonly account: string;
  /** As written: the strategy parses and checks them. */
  readonly params: Readonly<Record<string, string>>;
}

const DEFAULT_STRATEGY = "sma-cross";
const DEFAULT_ACCOUNT = "main";
const PATTERN = /^([a-z][a-z0-9-]*)@([A-Za-z0-9][A-Za-z0-9._/-]*)(?::([A-Za-z0-9][A-Za-z0-9._-]*))?(?:\?(.*))?$/;

/** What is to be traded, as configured: `STRATEGY@INSTRUMENT[:ACCOUNT][?param=value&...]`, several separated by `;`. */
export function partitionSpecs(config: Config): PartitionSpec[] {
  const venue = tradedVenue(config);
  const listed: string[] = [...venue.instruments.keys()];
  // What was traded on paper, in a test environment and with real money is never taken for the same.
  const place = venue.isPaper ? "" : `@${venue.id}`;
  const texts = config.trading.partitions.split(";").map((text) => text.trim());
  const named = texts.filter((text) => text !== "");
  const specs = (named.length > 0 ? named : [`${DEFAULT_STRATEGY}@${listed[0]!}`]).map((text) =>
    parseSpec(text, place),
  );
  for (const { id, instrument } of specs) {
    if (!listed.includes(instrument)) throw invalid(id, `an instrument of the venue: ${listed.join(", ")}`, instrument);
  }
  const twice = specs.find(({ id }, index) => specs.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw invalid(twice.id, "every partition once", "it is there twice");
  const other = venue.isPaper ? undefined : specs.find(({ account }) => account !== specs[0]!.account);
  if (other !== undefined) throw invalid(other.id, `${specs[0]!.account}: a key is of one account`, other.account);
  return specs;
}

/** The do-not-trade list (RC-11). A name that the venue does not have is refused: misspelt, it would restrict nothing. */
export function restrictedInstruments(config: Config): ReadonlySet<InstrumentId> {
  const listed = tradedVenue(config).instruments;
  const named = config.trading.restricted.split(",").map((text) => text.trim());
  const ids = named.filter((text) => text !== "").map(instrumentId);
  const unknown = ids.find((id) => !listed.has(id));
  if (unknown === undefined) return new Set(ids);
  throw new OperatorError("The setting trading.restricted names what the venue does not have.", {
    exit: "configuration",
    code: "RESTRICTED_INVALID",
    expected: [...listed.keys()].join(", "),
    found: unknown,
  });
}

function parseSpec(text: string, place: string): PartitionSpec {
  const [, strategy, instrument, account = DEFAULT_ACCOUNT, query = ""] = PATTERN.exec(text) ?? [];
  if (strategy === undefined || instrument === undefined) {
    throw invalid(text, "STRATEGY@INSTRUMENT[:ACCOUNT][?param=value&...]", text);
  }
  return {
    id: partitionId(`${strategy}@${instrument}:${account}${place}`),
    strategy,
    instrument,
    account,
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

function invalid(partition: string, expected: string, found: string): OperatorError {
  return new OperatorError(`The setting trading.partitions is not valid: ${partition}`, {
    exit: "configuration",
    code: "PARTITION_INVALID",
    expected,
    found,
    hint: "ttt config",
  });
}
