import type { Clock } from "../../core/clock.ts";
import type { RunEvent } from "../../ops/runbook-run.ts";
import type { Journal } from "../../ports/journal.ts";
import type { RunbookPorts } from "./runbook-ports.ts";

/** A journal that was not reached is left alone for so long: a run must not wait for it at every step. */
const PAUSE_MS = 3_000;
/** Rows looked through for those of an earlier attempt. */
const MOST_ROWS = 2_000;
/** What a step printed goes into the journal by its end; all that is kept of it lies with the run. */
const MOST_OUTPUT = 1_000;

/**
 * Brings what the run's file holds into the journal, in order and once, as soon and as often as the journal can be
 * reached. A run goes on without it.
 */
export class RunJournal {
  readonly #ports: Pick<RunbookPorts, "openJournal" | "runs">;
  readonly #clock: Clock;
  readonly #known = new Map<string, number>();
  #journal: Journal | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(ports: Pick<RunbookPorts, "openJournal" | "runs" | "clock">) {
    this.#ports = ports;
    this.#clock = ports.clock;
  }

  /** Whether the journal now holds all of these events of the run. */
  async bring(run: string, events: readonly RunEvent[]): Promise<boolean> {
    const last = events.at(-1)?.seq ?? 0;
    if (this.#clock.monotonic() < this.#notBefore) return false;
    if (!this.#known.has(run) && (await this.#ports.runs.journalled(run)) >= last) return true;
    try {
      this.#journal ??= await this.#ports.openJournal();
      const known = this.#known.get(run) ?? (await lastInJournal(this.#journal, run));
      let by = { actor: "", origin: "" };
      for (const event of events) {
        if (event.kind === "started" || event.kind === "resumed") by = { actor: event.actor, origin: event.origin };
        if (event.seq <= known) continue;
        await this.#journal.append({ ...by, ...entryOf(run, event) });
        this.#known.set(run, event.seq);
      }
      this.#known.set(run, Math.max(known, last));
      await this.#ports.runs.setJournalled(run, last);
      return true;
    } catch {
      await this.close();
      this.#notBefore = this.#clock.monotonic() + PAUSE_MS;
      return false;
    }
  }

  async close(): Promise<void> {
    const journal = this.#journal;
    this.#journal = undefined;
    // Between the append and the note of it the connection may have gone: the journal itself is asked the next time.
    this.#known.clear();
    await journal?.close();
  }
}

function entryOf(run: string, event: RunEvent) {
  const { kind, at, ...rest } = event;
  // What happened while the journal was away stands in every timeline at the time when it happened.
  const body = { run, occurredAt: at, ...rest, ...("output" in rest && { output: rest.output.slice(-MOST_OUTPUT) }) };
  return { kind: `runbook.${kind}`, commandId: run, body };
}

async function lastInJournal(journal: Journal, run: string): Promise<number> {
  const rows = await journal.list({ kind: "runbook.", limit: MOST_ROWS });
  const own = rows.filter(({ commandId }) => commandId === run);
  return Math.max(0, ...own.map(({ body }) => seqIn(body)));
}

function seqIn(body: unknown): number {
  return typeof body === "object" && body !== null && "seq" in body ? Number(body.seq) || 0 : 0;
}
