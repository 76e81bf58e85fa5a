import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { sleep } from "../../core/clock.ts";
import type { LogFiles, LogRecord } from "../../ports/log-files.ts";
import { systemClock } from "../system/system-clock.ts";
import { parseLogLine } from "./parse-log-line.ts";
import { WatchedFolders } from "./watched-folders.ts";

export interface LogFolders {
  /** `<instance>.log`, and the rotated `<instance>.log.1` … */
  readonly daemons: string;
  /** PostgreSQL's own, one file for each hour. */
  readonly postgres: string;
}

interface LogFile {
  readonly path: string;
  readonly instance: string;
}

const CHUNK_BYTES = 256 * 1024;
const FOLLOW_MS = 100;
/** More than this at one look is a reader that cannot follow: the newest are kept, the rest is counted. */
const MOST_BYTES_AT_A_LOOK = 2 * 1024 * 1024;

export function openLogFiles(folders: LogFolders): LogFiles {
  return {
    async read(names, keep, limit) {
      const newest: LogRecord[] = [];
      for (const file of findFiles(folders, names)) newest.push(...readLast(file, keep, limit));
      // Sorting is stable: lines of one file with the same time stay in their order.
      return newest.sort((a, b) => a.time - b.time).slice(-limit);
    },
    instances: () => [...new Set(findFiles(folders, []).map(({ instance }) => instance))].sort(),
    follow: (names, keep, onRecords, signal) => follow(folders, names, keep, onRecords, signal),
  };
}

function findFiles(folders: LogFolders, names: readonly string[]): LogFile[] {
  const daemons = list(folders.daemons, /^(.+?)\.log(\.\d+)?$/);
  const postgres = list(folders.postgres, /\.json$/).map(({ path }) => ({ path, instance: "postgres" }));
  return [...daemons, ...postgres].filter(
    ({ instance }) => names.length === 0 || names.some((name) => isOf(instance, name)),
  );
}

/** `worker` means `worker-1` and `worker-2` as well. */
function isOf(instance: string, name: string): boolean {
  return instance === name || (instance.startsWith(`${name}-`) && /^\d+$/.test(instance.slice(name.length + 1)));
}

function list(folder: string, pattern: RegExp): LogFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => ({ path: join(folder, name), instance: pattern.exec(name)?.[1] ?? basename(name) }))
    .sort((a, b) => modified(a.path) - modified(b.path));
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The last `limit` records of a file that are kept, oldest first, read from its end. */
function readLast({ path, instance }: LogFile, keep: (record: LogRecord) => boolean, limit: number): LogRecord[] {
  const found: LogRecord[] = [];
  const descriptor = openSync(path, "r");
  try {
    let end = fstatSync(descriptor).size;
    let rest = Buffer.alloc(0);
    while (end > 0 && found.length < limit) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const chunk = Buffer.concat([readAt(descriptor, start, end - start), rest]);
      end = start;
      // The first line of a chunk may begin in the one before.
      const cut = start === 0 ? 0 : chunk.indexOf(10) + 1;
      if (start > 0 && cut === 0) {
        rest = chunk;
        continue;
      }
      rest = chunk.subarray(0, cut);
      const lines = chunk.subarray(cut).toString("utf8").split("\n");
      for (let index = lines.length - 1; index >= 0 && found.length < limit; index--) {
        const record = lines[index] === "" ? undefined : parseLogLine(lines[index]!, instance);
        if (record && keep(record)) found.push(record);
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return found.reverse();
}

interface Tail {
  /** Tells a new file of the same name from the old one. */
  inode: number;
  offset: number;
  rest: string;
}

async function follow(
  folders: LogFolders,
  names: readonly string[],
  keep: (record: LogRecord) => boolean,
  onRecords: (records: readonly LogRecord[], dropped: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const tails = new Map<string, Tail>();
  for (const { path } of findFiles(folders, names)) {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status) tails.set(path, { inode: status.ino, offset: status.size, rest: "" });
  }
  let dropped = 0;
  const watched = new WatchedFolders(Object.values(folders));
  try {
    while (!signal.aborted) {
      await sleep(systemClock, FOLLOW_MS, signal);
      // Before the look, so that nothing that is written after it goes unnoticed.
      watched.expect();
      const records: LogRecord[] = [];
      // Rotated files are read as long as they grow no more; the live one is found under its old name.
      for (const file of findFiles(folders, names)) {
        const read = readNew(file, tails);
        dropped += read.dropped;
        for (const line of read.lines) {
          const record = parseLogLine(line, file.instance);
          if (record && keep(record)) records.push(record);
        }
      }
      records.sort((a, b) => a.time - b.time);
      if (records.length > 0) onRecords(records, dropped);
      else await watched.changed(signal);
    }
  } finally {
    watched.close();
  }
}

/** What a file holds beyond what was read of it, whatever it was called then. */
function readNew({ path }: LogFile, tails: Map<string, Tail>): { lines: string[]; dropped: number } {
  const none = { lines: [], dropped: 0 };
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) return none;
  let tail = tails.get(path);
  if (tail?.inode !== status.ino) {
    tail = [...tails.values()].find((one) => one.inode === status.ino) ?? { inode: status.ino, offset: 0, rest: "" };
    tails.set(path, tail);
  }
  if (status.size < tail.offset) Object.assign(tail, { offset: 0, rest: "" });
  if (status.size === tail.offset) return none;
  const skipped = Math.max(0, status.size - tail.offset - MOST_BYTES_AT_A_LOOK);
  const descriptor = openSync(path, "r");
  try {
    const from = tail.offset + skipped;
    const text = (skipped > 0 ? "" : tail.rest) + readAt(descriptor, from, status.size - from).toString("utf8");
    tail.offset = status.size;
    const lines = text.split("\n");
    tail.rest = lines.pop() ?? "";
    const first = skipped > 0 ? 1 : 0;
    return {
      lines: lines.slice(first).filter((line) => line !== ""),
      dropped: skipped > 0 ? countLines(skipped, lines) : 0,
    };
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes that were skipped, as lines of the average length of those that were read. */
function countLines(bytes: number, sample: readonly string[]): number {
  const average = sample.reduce((sum, line) => sum + line.length + 1, 0) / Math.max(1, sample.length);
  return Math.max(1, Math.round(bytes / Math.max(1, average)));
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const read = readSync(descriptor, buffer, 0, length, position);
  return buffer.subarray(0, read);
}
