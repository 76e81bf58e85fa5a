import { chownSync, readdirSync, rmSync, statSync, watch } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { KillCopy, LevelChanged, LevelRaise, UnrecordedKill } from "../../ports/kill-store.ts";
import type { KillState, StoreReading } from "../../trading/kill-state.ts";
import { type ArmedEpochs, isUnrecorded, latchedState, stillHolds } from "../../trading/latched-kill.ts";
import { type FileKill, parseKill, silentKill } from "./kill-file.ts";
import { makeFolder, unusable } from "./make-folder.ts";
import { readIfExists, writePrivate } from "./state-files.ts";

/**
 * Kills as files of one folder, a file each: the last resort that needs no server at all. A file that says nothing
 * readable kills everything, so `touch KILLS/now` is enough. Removing one kill can never remove another.
 */
export class FileKillLatch implements KillCopy {
  readonly name = "file";
  readonly role = "latch";
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    try {
      this.#open();
    } catch {
      // A place that cannot be written says so when it is used: opening the others must go on.
    }
  }

  async read(armed: ArmedEpochs): Promise<StoreReading> {
    const store = { store: this.name, role: this.role } as const;
    try {
      const kills = this.#kills();
      if (kills.length === 0) return { ...store, status: "absent" };
      return { ...store, status: "read", state: latchedState(kills, armed) };
    } catch {
      return { ...store, status: "unreachable" };
    }
  }

  async raise({ scope, level, epoch, reason, commandId, actor, origin }: LevelRaise): Promise<LevelChanged> {
    const known = this.#kills().find((kill) => kill.commandId === commandId);
    const changed = known === undefined || known.epoch !== epoch;
    const kill = { scope, level, epoch, reason, commandId, actor, origin };
    if (changed) this.#write(known?.file ?? fileName(commandId), kill);
    return { scope, level, epoch: epoch ?? 0, changed };
  }

  async onChange(listener: (change: LevelChanged | undefined) => void) {
    this.#open();
    const watcher = watch(this.#folder, { persistent: false }, () => listener(undefined));
    // A watch that breaks costs speed only: the folder is read with every renewal of the permit.
    watcher.on("error", () => {});
    return () => watcher.close();
  }

  async follow(state: KillState, armed: ArmedEpochs): Promise<void> {
    const kills = this.#kills();
    for (const kill of kills) {
      if (!isUnrecorded(kill, state.epoch) && !stillHolds(kill, armed)) this.#remove(kill.file);
    }
    for (const [scope, { level, since }] of state.levels) {
      const known = kills.some((kill) => kill.scope === scope && kill.level === level && (kill.epoch ?? 0) >= since);
      if (level === "RUN" || known) continue;
      const commandId = `epoch:${since}:${scope}`;
      this.#write(fileName(commandId), { scope, level, epoch: since, reason: "recorded", commandId });
    }
  }

  async unrecorded(authorityEpoch: number): Promise<readonly UnrecordedKill[]> {
    return this.#kills()
      .filter((kill) => isUnrecorded(kill, authorityEpoch))
      .map(({ file: _file, epoch: _epoch, ...kill }) => kill);
  }

  close(): void {}

  #kills(): FileKill[] {
    this.#open();
    return this.#files()
      .filter((file) => !file.endsWith(".tmp"))
      .map((file) => this.#kill(file))
      .filter((kill) => kill !== undefined);
  }

  #files(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      throw unusable(this.#folder, error);
    }
  }

  /** One that vanished while it was looked at is none; one that may not be read kills like one that says nothing. */
  #kill(file: string): FileKill | undefined {
    try {
      return parseKill(file, readIfExists(join(this.#folder, file)));
    } catch (error) {
      return silentKill(file, `the file ${file} is there and cannot be read: ${messageOf(error)}`);
    }
  }

  #open(): void {
    makeFolder(this.#folder);
    giveToOwner(this.#folder, dirname(this.#folder));
  }

  #write(file: string, content: Omit<FileKill, "file">): void {
    const path = join(this.#folder, file);
    try {
      writePrivate(path, `${JSON.stringify(content)}\n`);
      giveToOwner(path, this.#folder);
    } catch (error) {
      if (error instanceof OperatorError) throw error;
      // The folder is in order, and the way over what lies there is not.
      const isFolder = error instanceof Error && "code" in error && error.code === "EISDIR";
      throw isFolder ? stuck(path, error, `Remove it: rm -r '${path}', and arm again.`) : unusable(this.#folder, error);
    }
  }

  #remove(file: string): void {
    const path = join(this.#folder, file);
    try {
      rmSync(path, { force: true, recursive: true });
    } catch (error) {
      throw stuck(path, error, `Remove it as the account that made it: sudo rm '${path}', and arm again.`);
    }
  }
}

function stuck(path: string, error: unknown, hint: string): OperatorError {
  return new OperatorError(`The kill in ${path} cannot be lifted: ${messageOf(error)}`, {
    exit: "configuration",
    code: "KILL_FILE_STUCK",
    expected: `a file that ${userInfo().username} may remove`,
    found: path,
    hint,
    cause: error,
  });
}

/** What root makes here belongs to whose the folder is: otherwise its owner could never lift root's kill. */
function giveToOwner(path: string, like: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(like);
  if (uid !== 0) chownSync(path, uid, gid);
}

const fileName = (commandId: string) => commandId.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 200);
