import { type FSWatcher, statSync, watch } from "node:fs";
import { sleep } from "../../core/clock.ts";
import { systemClock } from "../system/system-clock.ts";

/** For a folder that the kernel cannot watch, or that does not exist yet. */
const LOOK_UNTOLD_MS = 1_000;
/** A folder on another machine changes without a word of the kernel here. */
const LOOK_ANYWAY_MS = 10_000;

interface Watched {
  readonly watcher: FSWatcher;
  /** Tells a new folder of the same name from the old one, whose inode it may have got. */
  readonly born: string;
}

/** Folders that are looked into when something changes in them: as long as nothing does, they cost nothing. */
export class WatchedFolders {
  readonly #folders: readonly string[];
  readonly #watched = new Map<string, Watched>();
  #changed = new AbortController();

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** From now on a change counts. To be called before the look that may find nothing. */
  expect(): void {
    if (this.#changed.signal.aborted) this.#changed = new AbortController();
    for (const folder of this.#folders) this.#watch(folder);
  }

  /** Resolves after the next change since `expect`, when it is time to look anyway, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    const isTold = this.#watched.size === this.#folders.length;
    const either = AbortSignal.any([signal, this.#changed.signal]);
    return sleep(systemClock, isTold ? LOOK_ANYWAY_MS : LOOK_UNTOLD_MS, either);
  }

  close(): void {
    for (const folder of [...this.#watched.keys()]) this.#leave(folder);
  }

  #watch(folder: string): void {
    const status = statSync(folder, { throwIfNoEntry: false });
    const born = status && `${status.ino} ${status.birthtimeMs}`;
    const known = this.#watched.get(folder);
    if (known?.born === born) return;
    if (known) this.#leave(folder);
    if (born === undefined) return;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#changed.abort());
      watcher.on("error", () => {
        this.#leave(folder);
        this.#changed.abort();
      });
      this.#watched.set(folder, { watcher, born });
    } catch {
      // The kernel's limit of watches is reached: then the look is by time alone.
    }
  }

  #leave(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}
