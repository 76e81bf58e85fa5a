import type { BarStore } from "../ports/bar-store.ts";
import { findDataset } from "./find-dataset.ts";

/** Forgets a dataset of the store. */
export async function removeDataset(name: string, bars: BarStore): Promise<{ readonly removed: string }> {
  await findDataset(name, bars);
  await bars.remove(name);
  return { removed: name };
}
