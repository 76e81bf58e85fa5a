import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/**
 * Appends lines to a file and rotates it by size: `name`, `name.1` (newest) … `name.N`. Writing is synchronous, so
 * that the last words before a crash are on file. A full disk costs lines, never the process.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  #descriptor: number | undefined;
  #bytes = 0;
  #lost = 0;

  constructor(path: string, options: { maxBytes: number; maxFiles: number }) {
    this.#path = path;
    this.#maxBytes = options.maxBytes;
    this.#maxFiles = options.maxFiles;
  }

  /** Lines that could not be written. */
  get lost(): number {
    return this.#lost;
  }

  write(line: string): void {
    try {
      const size = Buffer.byteLength(line);
      if (this.#descriptor !== undefined && this.#bytes > 0 && this.#bytes + size > this.#maxBytes) this.#rotate();
      this.#descriptor ??= this.#open();
      writeSync(this.#descriptor, line);
      this.#bytes += size;
    } catch {
      this.#lost += 1;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    const descriptor = openSync(this.#path, "a", 0o600);
    this.#bytes = fstatSync(descriptor).size;
    return descriptor;
  }

  #rotate(): void {
    this.close();
    rmSync(`${this.#path}.${this.#maxFiles}`, { force: true });
    for (let index = this.#maxFiles - 1; index >= 1; index--)
      move(`${this.#path}.${index}`, `${this.#path}.${index + 1}`);
    move(this.#path, `${this.#path}.1`);
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
