import type { RunOptions, RunResult } from "../actions/runbooks/run-runbook.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Step } from "../ops/runbook.ts";
import { TttCommand } from "./base-command.ts";
import { eventLine } from "./present/runbook.ts";
import { terminalDialogue } from "./terminal-dialogue.ts";
import { untilInterrupted } from "./until-interrupted.ts";

/**
 * A command that carries steps out. It tells of them as they happen: lines for people on stderr, or with --json one
 * object a line on stdout, and then no envelope at the end: each line was one already.
 */
export abstract class RunbookCommand<T> extends TttCommand<T> {
  #streamed = false;

  override logJson(json: unknown): void {
    if (!this.#streamed) super.logJson(json);
    else if (typeof json === "object" && json !== null && "error" in json) {
      process.stdout.write(`${JSON.stringify(json)}\n`);
    }
  }

  /** How a run is carried out here: who is asked, what stops it, and how it is told. */
  protected runOptions(
    flags: { readonly yes: boolean; readonly input: boolean; readonly undo?: boolean },
    steps: readonly Step[],
  ): RunOptions {
    const json = this.jsonEnabled();
    const signal = untilInterrupted();
    return {
      signal,
      dialogue: flags.undo === false ? undefined : terminalDialogue(flags, json, signal),
      onEvent: (event) => {
        this.#streamed = json;
        const line = json ? undefined : eventLine(event, steps);
        if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
        else if (line !== undefined) process.stderr.write(`${line}\n`);
      },
      onOutput: (text) => void (json || process.stderr.write(text.replaceAll(/^(?=.)/gm, "      "))),
    };
  }

  protected conclude(result: RunResult): RunResult {
    if (!result.journalled) this.log("The journal cannot be reached now: it takes this run up with the next one.");
    this.exitWith(exitOf(result));
    return result;
  }
}

function exitOf({ view }: RunResult): number {
  if (view.state === "green") return EXIT_CODES.ok.code;
  if (view.state === "failed") return EXIT_CODES.stepFailed.code;
  if (view.state === "aborted") return view.note === "" ? EXIT_CODES.ok.code : EXIT_CODES.stepFailed.code;
  return EXIT_CODES.interrupted.code;
}
