import type { ShellStep } from "../../ops/runbook.ts";
import type { Execution } from "./carry-out.ts";
import { runStep } from "./run-step.ts";

/**
 * Looks whether what a stopped run had done still holds, by the check that each step names. A step that does not hold
 * any more, or that the runbook has now in other words, is open again.
 */
export async function recheckDone({ runbook, steps, writer, context }: Execution): Promise<void> {
  const blocks = new Map<string, ShellStep>();
  for (const block of [...runbook.steps, ...runbook.asides]) if (block.kind === "shell") blocks.set(block.id, block);
  for (const done of writer.view.steps.filter(({ state }) => state === "done" || state === "confirmed")) {
    if (context.signal.aborted) return;
    const step = steps.find(({ id }) => id === done.id);
    if (step === undefined) continue;
    if (step.digest !== done.digest) {
      await writer.write({ kind: "rechecked", step: step.id, holds: false, note: "the runbook has changed here" });
      continue;
    }
    const check = step.kind === "shell" && step.recheck !== null ? blocks.get(step.recheck) : undefined;
    if (check === undefined) continue;
    const outcome = await runStep(check, { ...context, onProcess: async () => {} });
    const holds = outcome.state === "done";
    const note = holds ? "" : `it does not hold any more: ${outcome.note}`;
    await writer.write({ kind: "rechecked", step: step.id, holds, note });
  }
}
