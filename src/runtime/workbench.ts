import { mkdirSync } from "node:fs";
import { diskTextFiles } from "../adapters/files/disk-text-files.ts";
import { fileBarFiles } from "../adapters/files/file-bar-files.ts";
import { fileBarStore } from "../adapters/files/file-bar-store.ts";
import { fileRunStore } from "../adapters/files/file-run-store.ts";
import { fileStrategyLoader } from "../adapters/files/file-strategy-loader.ts";
import { parquetTableFiles } from "../adapters/files/parquet-table-files.ts";
import { openCcxtBarHistory } from "../adapters/history/ccxt-bar-history.ts";
import { systemClock } from "../adapters/system/system-clock.ts";
import type { Clock } from "../core/clock.ts";
import type { BarFiles } from "../ports/bar-files.ts";
import type { OpenBarHistory } from "../ports/bar-history.ts";
import type { BarStore } from "../ports/bar-store.ts";
import type { RunStore } from "../ports/run-store.ts";
import type { StrategyLoader } from "../ports/strategy-loader.ts";
import type { TableFiles } from "../ports/table-files.ts";
import type { TextFiles } from "../ports/text-files.ts";
import { moduleUrl } from "./module-url.ts";
import { defaultHome, statePaths } from "./paths.ts";

/** What a quant works with on this machine, without any daemon: bars, files, strategies. Nothing here needs closing. */
export interface Workbench {
  readonly bars: BarStore;
  readonly files: BarFiles;
  readonly strategies: StrategyLoader;
  readonly runs: RunStore;
  readonly texts: TextFiles;
  readonly tables: TableFiles;
  readonly openHistory: OpenBarHistory;
  readonly clock: Clock;
}

/** Opens the workbench of a state directory, TTT_HOME when none is named. It costs next to nothing: folders are made, and read when they are asked for. */
export function openWorkbench(home: string = defaultHome(process.env, process.getuid?.())): Workbench {
  const { data, backtests } = statePaths(home);
  mkdirSync(data, { recursive: true });
  return {
    bars: fileBarStore(data),
    files: fileBarFiles,
    strategies: openStrategies(),
    runs: fileRunStore(backtests),
    texts: diskTextFiles,
    tables: parquetTableFiles,
    openHistory: openCcxtBarHistory,
    clock: systemClock,
  };
}

/** Strategies alone, for a thread that is handed its bars. */
export function openStrategies(): StrategyLoader {
  return fileStrategyLoader(strategyModule());
}

/** What `ttt/strategy` means: in the bundle it has a place of its own. */
function strategyModule(): URL {
  return import.meta.url.endsWith(".ts") ? moduleUrl("src/strategy/index") : moduleUrl("strategy");
}
