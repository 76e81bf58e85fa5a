import type { Cancel, Clock } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import { type Result, refuse } from "../../core/result.ts";
import type { LastGate } from "../../ports/venue.ts";
import type { Departure } from "../../trading/gate.ts";
import {
  type OrderTicket,
  type PaperOp,
  type PaperPush,
  type PaperReply,
  type PaperResult,
  pushSchema,
  RESULTS,
  replySchema,
} from "../../trading/paper/wire.ts";
import { Egress, type OtherMessage } from "./egress.ts";

export interface PaperLineOptions {
  readonly address: string;
  readonly secret: string;
  /** Who connects, for the venue's log. */
  readonly client: string;
  readonly clock: Clock;
  /** How long a request may wait for its answer. */
  readonly timeoutMs?: number;
}

export interface PaperLineHandlers {
  /** Connected and accepted: the venue's instruments and its latest report number. */
  onOpen(hello: PaperResult<"hello">): void;
  onPush(push: PaperPush): void;
  onClose(): void;
}

/** What a request asks, without the line's own numbering. */
export type PaperAsk = OtherMessage extends infer Message
  ? Message extends { id: number }
    ? Omit<Message, "id">
    : never
  : never;

interface Waiting {
  readonly op: PaperOp;
  readonly settle: (reply: PaperReply | undefined) => void;
}

const TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** A standing connection to the paper venue: it comes back by itself, numbers requests and pairs their answers. */
export class PaperLine {
  readonly #options: PaperLineOptions;
  readonly #handlers: PaperLineHandlers;
  readonly #waiting = new Map<number, Waiting>();
  /** Asked before the line was open. */
  readonly #early = new Set<() => void>();
  #egress: Egress | undefined;
  #open = false;
  #lastId = 0;
  #ordersBefore = 0;
  #retryMs = FIRST_RETRY_MS;
  #retry: Cancel | undefined;
  #closed = false;

  constructor(options: PaperLineOptions, handlers: PaperLineHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Orders that left on this line since it was made. */
  get ordersSent(): number {
    return this.#ordersBefore + (this.#egress?.orders ?? 0);
  }

  /** Writes an order behind the last gate; `onAnswer` gets the venue's answer, or undefined when the line broke. */
  order(
    order: OrderTicket,
    departure: Departure,
    gate: LastGate,
    onAnswer: (reply: PaperReply | undefined) => void,
  ): Result<true, { readonly code: string }> {
    if (!this.#open || this.#egress === undefined) return refuse({ code: "VENUE_DISCONNECTED" });
    const id = ++this.#lastId;
    const written = this.#egress.order({ id, op: "submit", order }, departure, gate);
    if (written.ok) this.#waiting.set(id, { op: "submit", settle: onAnswer });
    return written;
  }

  /** Asks and waits. Rejects with an OutageError when there is no answer in time. */
  ask<Ask extends PaperAsk>(ask: Ask): Promise<PaperResult<Ask["op"]>> {
    return new Promise((resolve, reject) => {
      const outage = (message: string) => reject(new OutageError("venue", message, { hint: "ttt status" }));
      const id = ++this.#lastId;
      const send = () => void this.#egress?.message({ ...ask, id } as OtherMessage);
      const late = this.#options.clock.after(this.#options.timeoutMs ?? TIMEOUT_MS, () => {
        this.#waiting.delete(id);
        this.#early.delete(send);
        outage(`no answer to ${ask.op} in time`);
      });
      this.#waiting.set(id, {
        op: ask.op,
        settle: (reply) => {
          late();
          if (reply === undefined) outage("the connection broke");
          else if (!reply.ok) outage(`${ask.op} was refused: ${reply.message}`);
          else resolve(RESULTS[ask.op].parse(reply.result) as PaperResult<Ask["op"]>);
        },
      });
      if (this.#open) send();
      else this.#early.add(send);
    });
  }

  /** Asks without waiting. */
  tell(ask: PaperAsk): void {
    this.#egress?.message({ ...ask, id: ++this.#lastId } as OtherMessage);
  }

  close(): void {
    this.#closed = true;
    this.#retry?.();
    this.#egress?.close();
  }

  #connect(): void {
    this.#egress = new Egress(this.#options.address, {
      onConnect: () => this.#sayHello(),
      onLine: (line) => this.#receive(line),
      onEnd: () => this.#lost(),
    });
  }

  #sayHello(): void {
    const id = ++this.#lastId;
    const { secret, client } = this.#options;
    this.#waiting.set(id, {
      op: "hello",
      settle: (reply) => {
        if (reply === undefined) return;
        if (!reply.ok) {
          this.#egress?.close();
          return;
        }
        this.#open = true;
        this.#retryMs = FIRST_RETRY_MS;
        this.#handlers.onOpen(RESULTS.hello.parse(reply.result));
        for (const send of this.#early) send();
        this.#early.clear();
      },
    });
    this.#egress?.message({ id, op: "hello", secret, client });
  }

  #receive(line: string): void {
    const message: unknown = JSON.parse(line);
    if (typeof message === "object" && message !== null && "push" in message) {
      this.#handlers.onPush(pushSchema.parse(message));
      return;
    }
    const reply = replySchema.parse(message);
    const waiting = this.#waiting.get(reply.re);
    this.#waiting.delete(reply.re);
    waiting?.settle(reply);
  }

  #lost(): void {
    const wasOpen = this.#open;
    this.#open = false;
    this.#ordersBefore += this.#egress?.orders ?? 0;
    this.#egress = undefined;
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#early.clear();
    for (const { settle } of left) settle(undefined);
    if (wasOpen) this.#handlers.onClose();
    if (this.#closed) return;
    this.#retry = this.#options.clock.after(this.#retryMs, () => this.#connect());
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}
