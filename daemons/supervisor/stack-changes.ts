import type { SignalBatch } from "../../src/actions/incidents/take-signals.ts";
import type { IncidentSeverity } from "../../src/ops/incident/incident.ts";
import { runbookFor } from "../../src/ops/incident/signal.ts";
import type { InstanceView } from "../../src/ops/instance.ts";
import type { StackEvent } from "../../src/ops/stack-feed.ts";

/** A row for the journal. */
interface Change {
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Without these the platform trades blind, or not at all. */
const VITAL: ReadonlySet<string> = new Set(["postgres", "worker", "api"]);
const GIVEN_UP: Readonly<Record<string, string>> = { quarantined: "CrashLoop", failed: "ServiceFailed" };

/** Turns what the stack shows into what is worth a row: changes of state and of build, and services given up. */
export class StackChanges {
  readonly #seen = new Map<string, Pick<InstanceView, "state" | "buildHash">>();
  /** Instances that were ready once under this supervisor: what an earlier one said of them is settled. */
  readonly #settled = new Set<string>();

  of(event: StackEvent): readonly Change[] {
    if (event.kind === "phase") return [{ kind: `stack.${event.phase}`, body: {} }];
    if (event.kind === "removed") {
      this.#seen.delete(event.instance);
      return [{ kind: "service.removed", body: { instance: event.instance } }];
    }
    return event.kind === "instance" ? this.#ofInstance(event.view) : [];
  }

  #ofInstance(view: InstanceView): readonly Change[] {
    const { instance, service, state, reason, evidence, generation, buildHash, exitCode } = view;
    const before = this.#seen.get(instance);
    this.#seen.set(instance, { state, buildHash: buildHash ?? before?.buildHash ?? null });
    const changes: Change[] = [];
    if (before?.state !== state && state !== "pending") {
      const code = state === "ready" || exitCode === null ? {} : { exitCode };
      const body = { instance, service, reason, generation, ...code, ...(evidence && { evidence }) };
      changes.push({ kind: `service.${state}`, body });
    }
    if (buildHash !== null && before?.buildHash && before.buildHash !== buildHash) {
      const words = `build ${buildHash}, before ${before.buildHash}`;
      changes.push({ kind: "service.reloaded", body: { instance, service, ok: true, reason: words } });
    }
    return changes;
  }

  /** A service that is given up is a signal, and so is its coming back. */
  signalsOf(event: StackEvent): SignalBatch | undefined {
    if (event.kind !== "instance") return undefined;
    const { view, at } = event;
    const name = GIVEN_UP[view.state];
    if (name !== undefined && view.wanted === "up") {
      this.#settled.delete(view.instance);
      return { source: "supervisor", occurredAt: at, signals: [signal(view, name, "firing", view.since)] };
    }
    if (view.state !== "ready" || this.#settled.has(view.instance)) return undefined;
    this.#settled.add(view.instance);
    const names = Object.values(GIVEN_UP);
    return { source: "supervisor", occurredAt: at, signals: names.map((one) => signal(view, one, "ended", at)) };
  }
}

function signal(view: InstanceView, name: string, status: "firing" | "ended", startsAt: number) {
  const { instance, service, reason, hint } = view;
  const severity: IncidentSeverity = VITAL.has(service) ? "sev1" : "sev2";
  const words = name === "CrashLoop" ? "does not stay up" : "cannot start";
  return {
    ...{ fingerprint: `${name}:${instance}`, name, status, severity, startsAt, links: [] },
    summary: status === "ended" ? `${instance} is up again` : `${instance} ${words}${reason && `: ${reason}`}`,
    labels: { daemon: instance, service },
    runbook: runbookFor(name),
    ...(hint !== "" && { try: hint }),
  };
}
