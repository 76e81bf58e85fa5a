import type { Clock } from "../../core/clock.ts";
import { OperatorError } from "../../core/errors.ts";
import type { InstanceView } from "../../ops/instance.ts";
import type { StackEvent, Vitals } from "../../ops/stack-feed.ts";
import { timeLeft } from "../../ops/time-left.ts";
import type { StackControl } from "../../ports/stack-control.ts";
import type { ServiceView } from "../desk-feed.ts";
import { keepTrying, type Loss, lossOf } from "./keep-trying.ts";
import type { DeskSender } from "./sender.ts";

const GONE: Loss = { reason: "the supervisor ended" };
const NOT_RUNNING: Loss = { reason: "the stack is not running", hint: "ttt up" };
const HUNG: Loss = { reason: "the supervisor does not answer, its services go on", hint: "ttt up" };
const ORPHANED: Loss = { reason: "the supervisor is gone, its services go on", hint: "ttt status" };

/** A snapshot comes with the connection; a supervisor that was stopped takes connections and says nothing. */
const FIRST_WORD_MS = 3_000;

/** The supervisor's stream as messages about services, over every end of the supervisor. */
export function watchServices(
  stack: Pick<StackControl, "watch" | "processes">,
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  const attempt = async (): Promise<Loss> => {
    const services = new ServiceViews(send);
    try {
      let heard = false;
      const onEvent = (event: StackEvent) => {
        heard = true;
        services.take(event);
      };
      const watch = await stack.watch(onEvent, { vitals: true });
      signal.addEventListener("abort", () => watch.close(), { once: true });
      if (signal.aborted) watch.close();
      const silence = clock.after(FIRST_WORD_MS, () => {
        if (!heard) watch.close();
      });
      await watch.ended;
      silence();
      return heard ? GONE : HUNG;
    } catch (error) {
      const absent = error instanceof OperatorError && error.details.code === "CONTROL_ABSENT";
      if (!absent) return lossOf(error);
      return stack.processes().length > 0 ? ORPHANED : NOT_RUNNING;
    }
  };
  return keepTrying(clock, signal, attempt, (loss) =>
    send({ topic: "services", kind: "lost", at: clock.now(), ...loss }),
  );
}

/** What is known of each instance, put together from its state and its vital signs. */
class ServiceViews {
  readonly #send: DeskSender;
  readonly #instances = new Map<string, InstanceView>();
  readonly #vitals = new Map<string, Vitals>();

  constructor(send: DeskSender) {
    this.#send = send;
  }

  take(event: StackEvent): void {
    const { at } = event;
    switch (event.kind) {
      case "snapshot":
        this.#instances.clear();
        for (const view of event.snapshot.instances) this.#instances.set(view.instance, view);
        this.#send({
          topic: "services",
          kind: "snapshot",
          at,
          services: [...this.#instances.values()].map(this.#view),
        });
        return;
      case "instance":
        this.#instances.set(event.view.instance, event.view);
        this.#send({ topic: "services", kind: "service", at, service: this.#view(event.view) });
        return;
      case "removed":
        this.#instances.delete(event.instance);
        this.#send({ topic: "services", kind: "service-gone", at, instance: event.instance });
        return;
      case "vitals":
        for (const one of event.vitals) this.#takeVitals(one, at);
        this.#send({ topic: "services", kind: "heard", at });
        return;
      case "phase":
        this.#send({ topic: "services", kind: "heard", at });
    }
  }

  #takeVitals(vitals: Vitals, at: number): void {
    this.#vitals.set(vitals.instance, vitals);
    const view = this.#instances.get(vitals.instance);
    if (view) this.#send({ topic: "services", kind: "service", at, service: this.#view(view) });
  }

  readonly #view = (view: InstanceView): ServiceView => {
    const { instance, service, state, since, pid, restarts, buildHash, hint } = view;
    const { lagMs, rssBytes, progress } = this.#vitals.get(instance) ?? {};
    const reason = reasonOf(view);
    const left = timeLeft(view, [...this.#instances.values()]);
    return {
      instance,
      service,
      state,
      since,
      restarts: Object.values(restarts).reduce((sum, count) => sum + count, 0),
      ...(pid !== null && { pid }),
      ...(buildHash !== null && { buildHash }),
      ...(reason !== "" && { reason }),
      ...(hint !== "" && { hint }),
      ...(left !== undefined && { timeLeft: left }),
      ...(pid !== null && lagMs !== undefined && { lagMs }),
      ...(pid !== null && rssBytes !== undefined && { rssBytes }),
      ...(pid !== null && progress !== undefined && { progress }),
    };
  };
}

function reasonOf({ reason, waitsFor, restarts }: InstanceView): string {
  if (waitsFor) return `waits for ${waitsFor.service} to be ${waitsFor.condition}: ${waitsFor.evidence}`;
  if (reason !== "") return reason;
  const ends = Object.entries(restarts).filter(([, count]) => count > 0);
  return ends.length === 0 ? "" : `after ${ends.map(([cause, count]) => `${count} × ${cause}`).join(", ")}`;
}
