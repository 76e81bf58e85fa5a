import type { Dataset } from "../../backtest/data/dataset.ts";
import { parseSharedBars } from "../../backtest/shared-bars.ts";
import { OperatorError } from "../../core/errors.ts";
import type { BarVault } from "../../ports/bar-vault.ts";

/** Six columns of eleven million bars: several data sets of minutes over years. */
const MOST_BYTES = 512 * 1024 * 1024;
const BYTES_A_ROW = 48;

/** The bars of recent jobs, in shared memory. What was not used for longest goes first. */
export class BarCache {
  readonly #vault: BarVault;
  readonly #mostBytes: number;
  readonly #kept = new Map<string, Dataset>();

  constructor(vault: BarVault, mostBytes = MOST_BYTES) {
    this.#vault = vault;
    this.#mostBytes = mostBytes;
  }

  /** The bars of a reference. Throws OperatorError BARS_UNKNOWN when the vault does not have them. */
  async read(ref: string): Promise<Dataset> {
    const shared = parseSharedBars(ref);
    const found = shared && (this.#kept.get(shared.hash) ?? (await this.#vault.get(shared.hash)));
    if (!found) {
      throw new OperatorError("The bars of this job are gone.", {
        exit: "notFound",
        code: "BARS_UNKNOWN",
        found: ref,
        hint: "Submit the backtest again: that brings its bars along.",
      });
    }
    this.#keep(shared.hash, found);
    return { ...found, info: { ...found.info, synthetic: shared.synthetic } };
  }

  #keep(hash: string, dataset: Dataset): void {
    this.#kept.delete(hash);
    this.#kept.set(hash, dataset);
    let bytes = 0;
    for (const { info } of this.#kept.values()) bytes += info.rows * BYTES_A_ROW;
    for (const [oldest, { info }] of this.#kept) {
      if (bytes <= this.#mostBytes || oldest === hash) break;
      this.#kept.delete(oldest);
      bytes -= info.rows * BYTES_A_ROW;
    }
  }
}
