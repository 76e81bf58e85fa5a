import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fileBarFiles } from "../adapters/files/file-bar-files.ts";
import { fileBarStore } from "../adapters/files/file-bar-store.ts";
import { fileStrategyLoader } from "../adapters/files/file-strategy-loader.ts";
import { systemClock } from "../adapters/system/system-clock.ts";
import type { Clock } from "../core/clock.ts";
import type { BarFiles } from "../ports/bar-files.ts";
import type { BarStore } from "../ports/bar-store.ts";
import type { StrategyLoader } from "../ports/strategy-loader.ts";
import { packageRoot } from "./package-root.ts";
import { defaultHome, statePaths } from "./paths.ts";

/** What a quant works with on this machine, without any daemon: bars, files, strategies. Nothing here needs closing. */
export interface Workbench {
  readonly bars: BarStore;
  readonly files: BarFiles;
  readonly strategies: StrategyLoader;
  readonly clock: Clock;
}

/** Opens the workbench of TTT_HOME. It costs next to nothing: folders are made, and read when they are asked for. */
export function openWorkbench(): Workbench {
  const { data } = statePaths(defaultHome(process.env, process.getuid?.()));
  mkdirSync(data, { recursive: true });
  return {
    bars: fileBarStore(data),
    files: fileBarFiles,
    strategies: fileStrategyLoader(strategyModule()),
    clock: systemClock,
  };
}

/** What `ttt/strategy` means: beside this file when running from source, in the bundle otherwise. */
function strategyModule(): URL {
  if (import.meta.url.endsWith(".ts")) return new URL("../strategy/index.ts", import.meta.url);
  return pathToFileURL(join(packageRoot(), "dist", "strategy.js"));
}
