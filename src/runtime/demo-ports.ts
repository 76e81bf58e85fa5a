import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresTradingRecord } from "../adapters/postgres/postgres-trading-record.ts";
import { openBacktestService } from "./backtest-service.ts";
import { type Config, loadConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { readDesired } from "./desired-stack.ts";
import { openKillSwitch } from "./kill-switch.ts";
import { openStackControl } from "./stack-control.ts";
import { systemClock } from "./system-clock.ts";

/** A stack to show things on, reached the way the commands reach theirs. */
export async function openDemoStack(config: Config) {
  return {
    clock: systemClock,
    home: config.paths.home,
    stack: openStackControl(config),
    openRecord: async () =>
      new PostgresTradingRecord(await openDatabase(config, { applicationName: "ttt demo", maxConnections: 1 })),
    openBacktests: () => openBacktestService(config),
    async withKillSwitch<T>(
      work: (ports: Awaited<ReturnType<typeof openKillSwitch>>["ports"]) => Promise<T>,
    ): Promise<T> {
      const { ports, close } = await openKillSwitch(config, systemClock, "ttt demo");
      try {
        return await work(ports);
      } finally {
        await close();
      }
    },
  };
}

/** A state directory of its own that nobody else uses, with settings beside those of the environment. */
export async function temporaryConfig(settings: Readonly<Record<string, string>>) {
  const home = mkdtempSync(join(tmpdir(), "ttt-demo-"));
  const config = await loadConfig({ ...process.env, ...settings, TTT_HOME: home });
  return { config, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** The configured state directory; the settings beside those of the environment, unless a stack runs there already. */
export async function keptConfig(settings: Readonly<Record<string, string>>) {
  const config = await loadConfig();
  const isUp = readDesired(config.paths) !== undefined;
  return { config: isUp ? config : await loadConfig({ ...settings, ...process.env }), remove: () => {} };
}
