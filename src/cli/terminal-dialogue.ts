import { createInterface } from "node:readline/promises";
import type { Answer, RunDialogue } from "../actions/runbooks/run-dialogue.ts";
import { OperatorError } from "../core/errors.ts";

/**
 * The person at the terminal, who is asked before each step; undefined when nobody is to be asked. Throws `usage` with
 * the flag to add when somebody would have to be asked and cannot be.
 */
export function terminalDialogue(
  flags: { readonly yes: boolean; readonly input: boolean },
  json: boolean,
  signal: AbortSignal,
): RunDialogue | undefined {
  if (flags.yes) return undefined;
  if (!flags.input || json || !process.stdin.isTTY || !process.stderr.isTTY) {
    throw new OperatorError("Nobody can be asked here whether to go on.", {
      exit: "usage",
      code: "NO_TERMINAL",
      expected: "a terminal to ask at, or --yes",
      hint: "add --yes to run every step without asking, or --dry-run to see them",
    });
  }
  const ask = (question: string, answers: Readonly<Record<string, Answer>>) => choose(question, answers, signal);
  return {
    beforeStep: ({ section, id, script, confirm }) => {
      const shown = [`${section}  ${id}`, ...script.split("\n").map((line) => `      $ ${line}`), ""].join("\n");
      const question = `${shown}${confirm ?? "Run it?"} [Enter] run, [s]kip, [u]ndo all, [q]uit: `;
      return ask(question, { "": "go", y: "go", s: "skip", ...END });
    },
    person: () => ask("Done? [y]es, [s]kip, [u]ndo all, [q]uit: ", { y: "go", s: "skip", ...END }),
    afterFailure: () => ask("[r]etry, [s]kip, [u]ndo all, [q]uit: ", { r: "go", s: "skip", ...END }),
    beforeUndo: async (undo, step) =>
      (await ask(`Take ${step} back with ${undo.id}? [y]es, [n]o: `, { y: "go", n: "skip" })) === "go",
  };
}

const END = { u: "abort", q: "stop" } as const;

/** Asks until one of the answers is given. Ctrl-C and a closed terminal stop the run. */
async function choose(
  question: string,
  answers: Readonly<Record<string, Answer>>,
  signal: AbortSignal,
): Promise<Answer> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  try {
    while (!signal.aborted) {
      const given = await Promise.race([lines.question(question, { signal }), closed]);
      if (given === undefined) return "stop";
      const answer = answers[given.trim().toLowerCase().slice(0, 1)];
      if (answer !== undefined) return answer;
    }
    return "stop";
  } catch {
    return "stop";
  } finally {
    lines.close();
  }
}
