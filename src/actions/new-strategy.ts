import { basename } from "node:path";
import { strategyTemplate } from "../backtest/strategy-template.ts";
import { OperatorError } from "../core/errors.ts";
import type { TextFiles } from "../ports/text-files.ts";

/** Writes a strategy file to start from. Never overwrites one; with `dryRun` writes nothing at all. */
export async function newStrategy(
  path: string,
  files: TextFiles,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<{ readonly path: string; readonly name: string; readonly written: boolean }> {
  if (!/\.[cm]?[jt]s$/.test(path)) {
    throw new OperatorError(`${path} is not the name of a strategy file.`, {
      exit: "usage",
      code: "STRATEGY_FILE_NAME",
      expected: "a path ending in .ts or .js",
      found: path,
    });
  }
  const name = nameOf(path);
  const text = strategyTemplate(name, path.endsWith("ts"));
  if (!(dryRun ? await isFree(path, files) : await files.create(path, text))) {
    throw new OperatorError(`${path} exists already.`, { exit: "conflict", code: "FILE_EXISTS", found: path });
  }
  return { path, name, written: !dryRun };
}

function isFree(path: string, files: TextFiles): Promise<boolean> {
  return files.read(path).then(
    () => false,
    () => true,
  );
}

/** `My Strategy_2.ts` becomes `my-strategy-2`. */
function nameOf(path: string): string {
  const words = basename(path)
    .replace(/\.[cm]?[jt]s$/, "")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return words || "my-strategy";
}
