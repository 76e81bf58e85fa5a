import { assert } from "../../core/errors.ts";
import { applyRunEvent, type RunEvent, type RunHappening, type RunView, runOf } from "../../ops/runbook-run.ts";
import type { RunJournal } from "./run-journal.ts";
import type { RunbookPorts } from "./runbook-ports.ts";

/** Writes down what happens in one run, first in its file, then in the journal, and knows how the run stands. */
export class RunWriter {
  readonly run: string;
  readonly #ports: Pick<RunbookPorts, "runs" | "clock">;
  readonly #journal: RunJournal;
  readonly #onEvent: (event: RunEvent) => void;
  readonly #events: RunEvent[];
  #view: RunView | undefined;
  #isJournalled = false;

  constructor(
    run: string,
    ports: Pick<RunbookPorts, "runs" | "clock">,
    options: { journal: RunJournal; earlier?: readonly RunEvent[]; onEvent: (event: RunEvent) => void },
  ) {
    this.run = run;
    this.#ports = ports;
    this.#journal = options.journal;
    this.#onEvent = options.onEvent;
    this.#events = [...(options.earlier ?? [])];
    this.#view = runOf(this.#events);
  }

  get view(): RunView {
    assert(this.#view, "a run begins with its start");
    return this.#view;
  }

  /** Whether the journal holds all of it too. */
  get isJournalled(): boolean {
    return this.#isJournalled;
  }

  async write(happening: RunHappening): Promise<void> {
    const event: RunEvent = { seq: (this.#events.at(-1)?.seq ?? 0) + 1, at: this.#ports.clock.now(), ...happening };
    await this.#ports.runs.append(this.run, event);
    this.#events.push(event);
    this.#view = this.#view === undefined ? runOf(this.#events) : applyRunEvent(this.#view, event);
    this.#onEvent(event);
    this.#isJournalled = await this.#journal.bring(this.run, this.#events);
  }
}
