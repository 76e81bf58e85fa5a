import { OperatorError } from "../core/errors.ts";
import { Fingerprint } from "../core/hash.ts";
import { parseDuration } from "../core/parse-duration.ts";
import type { PersonStep, Runbook, Section, ShellStep, Step } from "./runbook.ts";
import { type Attributes, shellAttributes } from "./runbook-attributes.ts";
import type { PageBlock, RunbookPage } from "./runbook-page.ts";
import { runbookSettings } from "./runbook-settings.ts";
import { quotingProblem } from "./shell-quoting.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const LONGEST_TIMEOUT_MS = 3_600_000;
const MOST_ATTEMPTS = 600;
const DEFAULT_PAUSE_MS = 1_000;
const KNOWN = ["id", "timeout", "retry", "assert", "exit", "confirm", "undo", "when", "recheck"];
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * The runbook that a page describes. Throws an OperatorError (exit `configuration`) that names file and line, so that
 * a mistake in a runbook is found when it is read and not at three in the morning.
 */
export function parseRunbook(name: string, page: RunbookPage): Runbook {
  const fail = (line: number, problem: string) => invalid(name, line, problem);
  const settings = runbookSettings(page.settings);
  if ("problem" in settings) throw fail(1, settings.problem);
  const variables = settings.params.map(({ variable }) => variable);
  const sections: Section[] = [];
  const blocks: Step[] = [];
  let title = "";
  let persons = 0;
  page.blocks.forEach((block, index) => {
    if (block.kind === "heading" && block.depth === 1) title ||= block.text;
    else if (block.kind === "heading") {
      const section = sectionOf(block, sections.at(-1));
      if ("problem" in section) throw fail(block.line, section.problem);
      sections.push(section);
      persons = 0;
    } else if (block.kind === "task" && !block.done) {
      const section = sections.at(-1);
      if (section === undefined) throw fail(block.line, "a step stands in a section");
      persons += 1;
      blocks.push(personStep(block, section.address, persons));
    } else if (block.kind === "code") {
      const attributes = shellAttributes(block.info);
      if (attributes === undefined) return;
      if ("problem" in attributes) throw fail(block.line, attributes.problem);
      const section = sections.at(-1);
      if (section === undefined) throw fail(block.line, "a step stands in a section");
      const next = page.blocks[index + 1];
      const step = shellStep(block, attributes, section.address, next?.kind === "quote" ? next.text : null);
      if ("problem" in step) throw fail(block.line, step.problem);
      const problem = quotingProblem(step.script, variables) ?? quotingProblem(step.when ?? "", variables);
      if (problem !== undefined) throw fail(block.line, problem);
      blocks.push(step);
    }
  });
  if (title === "") throw fail(1, "a runbook begins with a heading of the first level");
  const { steps, asides } = apart(blocks, fail);
  if (steps.length === 0) throw fail(1, "a runbook has at least one step");
  return { name, title, ...settings, sections, steps, asides };
}

function sectionOf(
  block: PageBlock & { kind: "heading" },
  previous: Section | undefined,
): Section | { problem: string } {
  const [, address, title] = /^(\d+(?:\.\d+)*)\.?\s+(.+)$/.exec(block.text) ?? [];
  if (address === undefined || title === undefined)
    return { problem: "a heading begins with its address: `## 2 Look`" };
  const parts = address.split(".").map(Number);
  if (parts.length !== block.depth - 1) return { problem: `${address} does not fit a heading of level ${block.depth}` };
  const before = previous?.address.split(".").map(Number) ?? [];
  const parent = parts.slice(0, -1);
  if (parent.some((part, at) => part !== before[at]))
    return { problem: `${address} does not lie in ${previous?.address}` };
  if (parts.at(-1)! <= (before[parent.length] ?? 0)) return { problem: `${address} comes after ${previous?.address}` };
  return { address, title, line: block.line };
}

function personStep({ line, text }: PageBlock & { kind: "task" }, section: string, nth: number): PersonStep {
  return { kind: "person", id: `${section}-person-${nth}`, section, line, text, digest: digestOf([text]) };
}

function shellStep(
  { line, text: script }: PageBlock & { kind: "code" },
  attributes: Attributes,
  section: string,
  remedy: string | null,
): ShellStep | { problem: string } {
  const unknown = [...attributes.keys()].find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) return { problem: `there is no attribute ${unknown}: ${KNOWN.join(", ")}` };
  const id = attributes.get("id") ?? "";
  if (!ID.test(id)) return { problem: "a step has an id of small letters, digits and dashes: `id=look`" };
  const timeoutMs = parseDuration(attributes.get("timeout") ?? `${DEFAULT_TIMEOUT_MS}ms`);
  if (timeoutMs === undefined || timeoutMs > LONGEST_TIMEOUT_MS)
    return { problem: "timeout is a time like 30s, up to 1h" };
  const retry = /^(\d+)(?:x(\w+))?$/.exec(attributes.get("retry") ?? "0");
  const pauseMs = retry?.[2] === undefined ? DEFAULT_PAUSE_MS : parseDuration(retry[2]);
  const attempts = 1 + Number(retry?.[1] ?? Number.NaN);
  if (!(attempts <= MOST_ATTEMPTS) || pauseMs === undefined) return { problem: "retry is like 5 or 5x2s, up to 599" };
  const exits = (attributes.get("exit") ?? "0").split(",").map(Number);
  if (exits.some((exit) => !Number.isInteger(exit) || exit < 0 || exit > 255))
    return { problem: "exit is like 0 or 0,20" };
  const assert = attributes.get("assert") ?? null;
  if (assert !== null && !isPattern(assert)) return { problem: `assert is no regular expression: ${assert}` };
  const recheck = attributes.get("recheck");
  return {
    ...{ kind: "shell", id, section, line, script, timeoutMs, attempts, pauseMs, assert, exits, remedy },
    confirm: attributes.get("confirm") ?? null,
    undo: attributes.get("undo") ?? null,
    when: attributes.get("when") ?? null,
    // Without a value the step is its own check.
    recheck: recheck === "" ? id : (recheck ?? null),
    digest: digestOf([script, ...[...attributes].flat()]),
  };
}

/** Steps that are run in order, apart from those that others name as undo or re-check. */
function apart(blocks: readonly Step[], fail: (line: number, problem: string) => Error) {
  const byId = new Map<string, Step>();
  for (const block of blocks) {
    if (byId.has(block.id)) throw fail(block.line, `the id ${block.id} stands twice`);
    byId.set(block.id, block);
  }
  const named = new Set<string>();
  for (const block of blocks) {
    if (block.kind !== "shell") continue;
    for (const [role, id] of [
      ["undo", block.undo],
      ["recheck", block.recheck],
    ] as const) {
      if (id === null || id === block.id) continue;
      if (byId.get(id)?.kind !== "shell") throw fail(block.line, `${role}=${id}: there is no such block`);
      named.add(id);
    }
  }
  const asides = blocks.filter((block): block is ShellStep => block.kind === "shell" && named.has(block.id));
  return { steps: blocks.filter(({ id }) => !named.has(id)), asides };
}

function digestOf(parts: readonly string[]): string {
  const print = new Fingerprint();
  for (const part of parts) print.addText(part);
  return print.digest();
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "mu") instanceof RegExp;
  } catch {
    return false;
  }
}

function invalid(name: string, line: number, problem: string): OperatorError {
  return new OperatorError(`The runbook ${name} cannot be run: ${problem}.`, {
    exit: "configuration",
    code: "RUNBOOK_INVALID",
    found: `${name}.md, line ${line}`,
    hint: "docs/runbooks/README.md says how a runbook is written",
  });
}
