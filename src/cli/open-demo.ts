import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { generateBars } from "../actions/generate-bars.ts";
import type { DemoPorts } from "../actions/run-demo.ts";
import { keptConfig, openDemoStack, temporaryConfig } from "../runtime/demo-ports.ts";
import { operatorHere } from "../runtime/operator.ts";
import { paperBars } from "../runtime/paper-venue.ts";
import { openWorkbench } from "../runtime/workbench.ts";

export interface DemoAccess {
  readonly ports: DemoPorts;
  /** What the backtest runs on. */
  readonly data: string;
  readonly operator: { readonly actor: string; readonly origin: string };
  readonly commandId: string;
}

/** Fast enough to see trades at once; slow enough that the market goes on after the kill. */
const BARS_PER_SECOND = "100";
const SYNTHETIC = "demo";

/**
 * The demonstration's stack: one of its own that is removed afterwards, or with `keep` the configured one. With a
 * file both the market and the backtest use its bars.
 */
export async function withDemo<T>(
  options: { readonly keep: boolean; readonly data: string | undefined },
  work: (access: DemoAccess) => Promise<T>,
): Promise<T> {
  const data = options.data === undefined ? undefined : resolve(options.data);
  const settings: Record<string, string> = {
    TTT_PAPER_BARS_PER_SECOND: BARS_PER_SECOND,
    TTT_PAPER_AT_END: "repeat",
    ...(data !== undefined && { TTT_PAPER_DATA: data }),
  };
  const { config, remove } = await (options.keep ? keptConfig(settings) : temporaryConfig(settings));
  try {
    // The market is this file too: better refused now than by a service that cannot start.
    paperBars(config);
    const sources = openWorkbench(config.paths.home);
    if (data === undefined) await generateBars(SYNTHETIC, {}, sources.bars);
    const ports = { ...(await openDemoStack(config)), sources };
    const operator = operatorHere("ttt demo");
    return await work({ ports, data: data ?? SYNTHETIC, operator, commandId: randomUUID() });
  } finally {
    remove();
  }
}
