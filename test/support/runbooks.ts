import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunDialogue } from "../../src/actions/runbooks/run-dialogue.ts";
import { type RunRequest, resumeRunbook, runRunbook } from "../../src/actions/runbooks/run-runbook.ts";
import type { RunbookPorts } from "../../src/actions/runbooks/runbook-ports.ts";
import { fileRunbookRuns } from "../../src/adapters/files/file-runbook-runs.ts";
import { fileRunbookShelf } from "../../src/adapters/files/file-runbook-shelf.ts";
import { localStepShell } from "../../src/adapters/process/local-step-shell.ts";
import { holdLock } from "../../src/adapters/process/lock.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { OutageError } from "../../src/core/errors.ts";
import type { RunEvent } from "../../src/ops/runbook-run.ts";
import type { Journal, JournalEntry } from "../../src/ports/journal.ts";

/** A page with the settings that every runbook has. */
export const page = (body: string, settings = "") =>
  `---\nsummary: A runbook of the tests\ntarget: test-bench\n${settings}---\n# Of the tests\n\n${body}\n`;

/** The engine over real files and a real shell, in a folder of its own. No database is there, as in a bad night. */
export function runbookBench(pages: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "ttt-runbooks-"));
  const write = (name: string, text: string) => writeFileSync(join(folder, "pages", `${name}.md`), text);
  mkdirSync(join(folder, "pages"));
  for (const [name, text] of Object.entries(pages)) write(name, text);
  let count = 0;
  const ports: RunbookPorts = {
    shelf: fileRunbookShelf([join(folder, "pages")]),
    runs: fileRunbookRuns(join(folder, "runs")),
    lock: { hold: (target) => holdLock(join(folder, target)) },
    shell: localStepShell({ binFolder: folder, redact: (text) => text.replaceAll("hunter2", "[redacted]") }),
    clock: systemClock,
    operator: { actor: "ada", origin: "the tests" },
    openJournal: async () => {
      throw new OutageError("postgres", "not there");
    },
    facts: { BENCH: folder },
    newRunName: (runbook) => `${String(++count).padStart(3, "0")}-${runbook}`,
  };
  const events: RunEvent[] = [];
  const options = (dialogue?: RunDialogue, signal = new AbortController().signal) => ({
    ...{ dialogue, signal },
    onEvent: (event: RunEvent) => void events.push(event),
    onOutput: () => {},
  });
  return {
    folder,
    ports,
    events,
    write,
    options,
    run: (request: Partial<RunRequest> & { runbook: string }, dialogue?: RunDialogue, signal?: AbortSignal) =>
      runRunbook(ports, { params: {}, ...request }, options(dialogue, signal)),
    resume: (run?: string, dialogue?: RunDialogue) => resumeRunbook(ports, run, options(dialogue)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A journal in memory that can be taken away: the same promises, but for the chain. */
export function journalThatComesAndGoes() {
  const rows: JournalEntry[] = [];
  const state = { isThere: true, rows };
  const check = () => {
    if (!state.isThere) throw new OutageError("postgres", "not there");
  };
  const journal: Journal = {
    async append(entry) {
      check();
      return rows.push(entry);
    },
    async list({ kind = "" }) {
      check();
      return rows
        .map((row, index) => ({ ...row, seq: index + 1, at: "", hash: "" }))
        .filter((row) => row.kind.startsWith(kind))
        .reverse();
    },
    verify: async () => ({ rows: rows.length, head: "", first: "" }),
    close: () => {},
  };
  const open = async () => {
    check();
    return journal;
  };
  return Object.assign(state, { open });
}
