/**
 * A runbook as ttt runs it. It is written as Markdown that a person can follow without ttt: numbered headings are
 * sections, `sh` blocks with an id are steps, open task items are steps that a person does and confirms.
 */
export interface Runbook {
  /** `redis-memory`: the file's name without its ending. */
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** What it works on. Of two runs on one target the second is refused. */
  readonly target: string;
  /** The symptom of `ttt doctor` that it answers, if any. */
  readonly symptom: string | null;
  readonly params: readonly RunbookParam[];
  /** In the order of the page. */
  readonly sections: readonly Section[];
  /** Steps in the order they are run. */
  readonly steps: readonly Step[];
  /** Blocks that others name as their undo or their re-check: run only then. */
  readonly asides: readonly ShellStep[];
}

export interface Section {
  /** `2.3`, as it stands in the heading. */
  readonly address: string;
  readonly title: string;
  /** Of the heading, from 1. */
  readonly line: number;
}

export type Step = ShellStep | PersonStep;

interface AnyStep {
  /** Names it for ever: runs that stopped are resumed by it. */
  readonly id: string;
  /** Address of its section. */
  readonly section: string;
  readonly line: number;
  /** Tells whether it is still the step that an earlier run carried out. */
  readonly digest: string;
}

export interface ShellStep extends AnyStep {
  readonly kind: "shell";
  /** Run by `sh -eu`; parameters reach it as environment variables only. */
  readonly script: string;
  readonly timeoutMs: number;
  /** How often it is tried, and the pause between. */
  readonly attempts: number;
  readonly pauseMs: number;
  /** What its standard output must match (a regular expression, `^` and `$` at lines). */
  readonly assert: string | null;
  /** The exit codes with which it succeeds. */
  readonly exits: readonly number[];
  /** What a person is asked before it runs. */
  readonly confirm: string | null;
  /** The block that takes it back. */
  readonly undo: string | null;
  /** A read-only command: the step applies when it exits with 0. */
  readonly when: string | null;
  /** The block by which a resumed run sees whether it still holds; its own id when it is its own check. */
  readonly recheck: string | null;
  /** What to do when it fails: the quotation below it. */
  readonly remedy: string | null;
}

export interface PersonStep extends AnyStep {
  readonly kind: "person";
  readonly text: string;
}

export type RunbookParam = {
  /** `--set NAME=VALUE`; the steps see it in upper case with underscores. */
  readonly name: string;
  readonly variable: string;
  readonly summary: string;
  /** Undefined when it has to be given. */
  readonly fallback: string | undefined;
} & (
  | { readonly type: "integer"; readonly min: number; readonly max: number }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  | { readonly type: "text"; readonly pattern: string }
);

/** `2.3` lies in `2` and in itself, not in `2.30`. */
export function isWithin(address: string, section: string): boolean {
  return address === section || address.startsWith(`${section}.`);
}
