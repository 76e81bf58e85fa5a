import { styleText } from "node:util";
import type { StrategyCard } from "../../actions/describe-strategy.ts";

/** One line for each strategy. */
export function strategyTable(all: readonly StrategyCard[]): string[] {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, summary }) => `${name.padEnd(width)}  ${styleText("dim", summary)}`);
}

/** A strategy with its parameters. */
export function strategyCard({ name, summary, origin, params }: StrategyCard): string[] {
  const width = Math.max(0, ...params.map((param) => param.name.length));
  const rows = params.map((param) => {
    const value = String(param.default).padEnd(8);
    const words = [param.summary, `(${param.accepts})`].filter((text) => text !== "").join(" ");
    return `  ${param.name.padEnd(width)}  ${value}  ${styleText("dim", words)}`;
  });
  const title = `${styleText("bold", name)}  ${styleText("dim", origin)}`;
  return [title, ...(summary === "" ? [] : [summary]), ...(rows.length > 0 ? ["", ...rows] : [])];
}
