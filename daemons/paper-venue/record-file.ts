import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Cancel, Clock } from "../../src/core/clock.ts";
import type { ExchangeRecord } from "./exchange.ts";

/**
 * How long a record may be in the kernel only. A record is written before anybody hears of it, so the death of the
 * process loses nothing; a power cut may cost the last moments, which is as much as a simulated exchange needs.
 */
const SYNC_AFTER_MS = 100;

/** The venue's own record: one JSON object a line, appended and never rewritten. It outlives the venue and its clients. */
export class RecordFile {
  readonly #descriptor: number;
  readonly #clock: Clock;
  #syncDue: Cancel | undefined;

  constructor(path: string, clock: Clock) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#descriptor = openSync(path, "a", 0o600);
    this.#clock = clock;
  }

  append(record: ExchangeRecord): void {
    writeSync(this.#descriptor, `${JSON.stringify(record)}\n`);
    this.#syncDue ??= this.#clock.after(SYNC_AFTER_MS, () => this.#sync());
  }

  close(): void {
    this.#syncDue?.();
    this.#sync();
    closeSync(this.#descriptor);
  }

  #sync(): void {
    this.#syncDue = undefined;
    fdatasyncSync(this.#descriptor);
  }
}

/** The records of earlier lives, oldest first. A last line that a power cut left half-written is cut off. */
export function readRecords(path: string): ExchangeRecord[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => parseRecord(line, index + 1, path));
}

function parseRecord(line: string, number: number, path: string): ExchangeRecord {
  try {
    return JSON.parse(line) as ExchangeRecord;
  } catch (cause) {
    throw new Error(`line ${number} of the venue's record ${path} is not readable`, { cause });
  }
}
