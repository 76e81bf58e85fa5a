import type { BarStore } from "../ports/bar-store.ts";
import { findDataset } from "./find-dataset.ts";

/** Forgets a dataset of the store; with `dryRun` only finds it. */
export async function removeDataset(
  name: string,
  bars: BarStore,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<{ readonly removed: string; readonly dryRun: boolean }> {
  await findDataset(name, bars);
  if (!dryRun) await bars.remove(name);
  return { removed: name, dryRun };
}
