import { sleep } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { refuse } from "../../core/result.ts";
import type { KillCopy, LevelRaise } from "../../ports/kill-store.ts";
import type { Inquiry } from "./inquiry.ts";
import type { StoreEvidence } from "./kill-report.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";

/** How long the copies wait for the authority's epoch before they take the kill without one. */
const AUTHORITY_HEAD_START_MS = 150;

export interface Assertion {
  /** The authority's epoch; undefined when it was not reached. */
  readonly epoch: number | undefined;
  readonly stores: readonly StoreEvidence[];
}

/**
 * Writes the level to every place that takes it (KS-06): the authority first, because its epoch tells the copies that
 * this kill is recorded; but they do not wait long for it. `fanOut` reaches the workers with the same kill.
 */
export async function assertLevel(
  { authority, copies, clock }: KillSwitchPorts,
  inquiry: Inquiry,
  raise: LevelRaise,
  fanOut: (raise: LevelRaise) => Promise<void>,
): Promise<Assertion> {
  const asked =
    authority === undefined ? Promise.resolve(refuse("not there")) : inquiry.ask(() => authority.raise(raise));
  const waiting = new AbortController();
  const early = await Promise.race([asked, sleep(clock, AUTHORITY_HEAD_START_MS, waiting.signal)]);
  waiting.abort();
  const known = early?.ok ? early.value.epoch : undefined;
  const first = { ...raise, ...(known !== undefined && { epoch: known }) };
  const [taken] = await Promise.all([Promise.all(copies.map((copy) => raiseIn(copy, first))), fanOut(first)]);

  const answer = await asked;
  if (!answer.ok) {
    return { epoch: undefined, stores: [{ store: "postgres", accepted: false, error: answer.refusal }, ...taken] };
  }
  if (known === undefined) {
    // The authority came late: now the copies learn that the kill is on record.
    const second = { ...raise, epoch: answer.value.epoch };
    await Promise.all([Promise.all(copies.map((copy) => raiseIn(copy, second))), fanOut(second)]);
  }
  const evidence = { store: "postgres", accepted: true, changed: answer.value.changed };
  return { epoch: answer.value.epoch, stores: [evidence, ...taken] };
}

async function raiseIn(copy: KillCopy, raise: LevelRaise): Promise<StoreEvidence> {
  try {
    const { changed } = await copy.raise(raise);
    return { store: copy.name, accepted: true, changed };
  } catch (error) {
    return { store: copy.name, accepted: false, error: messageOf(error) };
  }
}
