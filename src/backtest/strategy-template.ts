/** The text of a strategy file to start from: it runs as it is, and shows where things go. */
export function strategyTemplate(name: string, typescript: boolean): string {
  const head = typescript ? "" : "// @ts-check\n";
  return `${head}import { crossedAbove, crossedBelow, defineStrategy, ema, integer, number } from "ttt/strategy";

// Try it:  ttt strategy check FILE
//          ttt backtest run FILE --data DATASET --param fast=12
export default defineStrategy({
  name: "${name}",
  summary: "One line that says what it does",
  // Typed, with defaults and ranges: help, validation and sweeps come from here.
  params: {
    fast: integer(12, { min: 2, max: 100, summary: "bars of the fast average" }),
    slow: integer(26, { min: 3, max: 300, summary: "bars of the slow average" }),
    stop: number(0.05, { min: 0.001, max: 0.5, summary: "stop-loss, as a fraction of the close" }),
  },
  // What is wrong with a combination of values, or undefined.
  check: ({ fast, slow }) => (fast < slow ? undefined : "fast must be below slow"),

  // Called once. Build the indicators here; their warm-up is waited for.
  setup({ bars, params }) {
    const fast = ema(bars.close, params.fast);
    const slow = ema(bars.close, params.slow);

    // Called at the close of every bar. What is ordered here is seen by the market from the next bar on.
    return (bar, broker) => {
      if (broker.position.isFlat && crossedAbove(fast, slow)) {
        broker.buy({ sl: bar.close * (1 - params.stop) });
      } else if (broker.position.isLong && crossedBelow(fast, slow)) {
        broker.close();
      }
    };
  },
});
`;
}
