import type { BarColumns } from "../../trading/bar.ts";
import type { Calendar } from "./calendar.ts";

/** What is known about a set of bars beside the bars themselves. */
export interface DatasetInfo {
  /** The name in the store, or the file it was read from. */
  readonly name: string;
  /** SHA-256 of the columns, hexadecimal: equal bars have equal hashes, whatever file they came from. */
  readonly hash: string;
  readonly rows: number;
  /** Times of the first and last bar, milliseconds since the epoch, UTC. */
  readonly from: number;
  readonly to: number;
  /** Made up, not measured. Everything computed from such bars says so too. */
  readonly synthetic: boolean;
  /** Where the bars came from: a path, an exchange and symbol, or the generator's options. */
  readonly source: string;
  /** IANA zone in which the source wrote its times; the stored times are UTC. */
  readonly timezone: string;
  readonly calendar: Calendar;
}

export interface Dataset {
  readonly info: DatasetInfo;
  readonly columns: BarColumns;
}
