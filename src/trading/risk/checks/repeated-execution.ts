import { defineCheck } from "../check.ts";

export const repeatedExecution = defineCheck({
  id: "RC-42",
  name: "repeated-execution",
  summary: "After so many executions without a human action the strategy is disabled until staff arm it again.",
  whenReducing: "skip",
  codes: {
    REPEATED_EXECUTION: "The strategy was applied too often without a human action.",
    REPEATED_EXECUTION_UNKNOWN: "Executions were not counted.",
  },
  evaluate: ({ flow }, say) =>
    say.within("maxRepeatedRuns", flow.runsSinceHuman + 1, "REPEATED_EXECUTION", "REPEATED_EXECUTION_UNKNOWN"),
});
