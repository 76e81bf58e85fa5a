import type { DatasetInfo } from "../backtest/data/dataset.ts";
import { OperatorError } from "../core/errors.ts";
import type { BarStore } from "../ports/bar-store.ts";

/** The dataset of this name; an error that lists what there is otherwise. */
export async function findDataset(name: string, bars: BarStore): Promise<DatasetInfo> {
  const found = await bars.find(name);
  return found ?? unknown(name, await bars.list());
}

function unknown(name: string, all: readonly DatasetInfo[]): never {
  throw new OperatorError(`There is no dataset ${name}.`, {
    exit: "notFound",
    code: "DATASET_UNKNOWN",
    expected: all.map((one) => one.name).join(", ") || "no datasets yet",
    found: name,
    hint: "ttt data import FILE, or ttt data generate NAME",
  });
}
