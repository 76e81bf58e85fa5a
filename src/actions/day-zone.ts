import type { RunSpec } from "../backtest/run-spec.ts";
import type { BarStore } from "../ports/bar-store.ts";

/**
 * The specification with the zone in which its days end: the one it names, or that of its first dataset. It then says
 * the same wherever it runs, also where the bars are known by their hash alone.
 */
export async function withDayZone(spec: RunSpec, bars: Pick<BarStore, "find">): Promise<RunSpec> {
  const [first] = spec.data;
  if (spec.options.timezone !== undefined || first === undefined) return spec;
  const info = await bars.find(first.ref);
  if (info === undefined || info.timezone === "UTC") return spec;
  return { ...spec, options: { ...spec.options, timezone: info.timezone } };
}
