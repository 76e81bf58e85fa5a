import { registerHooks } from "node:module";

/** Deliberate faults. Some are a worker that is built wrong, some are one wrong line in the real code. */
export const FAULTS = {
  "gate-with-await": "something is awaited between the last check and the write",
  "permit-from-copy": "the permit is renewed by reading the copy instead of the authority",
  "retry-on-timeout": "an order that was not answered is sent again",
  "no-token-check": "neither the store nor the egress looks at the lease's token",
  "restart-in-run": "a new process trades until it hears that it may not",
  "side-without-quantity": "an order against the position counts as reducing, whatever its size",
  "no-reservation": "orders count against the limits only once the venue has confirmed them",
  "release-on-cancel-request": "an order counts as gone when its cancel is asked for",
  "fills-by-count": "fills are applied as often as they are delivered",
  "absence-by-one-answer": "one 'unknown' from the venue, however early, ends an order",
  "cancel-proof-by-one-snapshot": "one snapshot without orders proves that a cancel is complete",
  "permit-lasts-too-long": "a permit lasts three times as long as it may",
  "withdrawal-before-intent": "an order that is withdrawn while its intent is being written stays open in the store",
} as const;

export type Fault = keyof typeof FAULTS;

export function isFault(text: string): text is Fault {
  return Object.hasOwn(FAULTS, text);
}

interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Faults that are a wrong line in the real code: what stands there, and what is put in its place while it is loaded. */
const MUTATIONS: Partial<Record<Fault, readonly Mutation[]>> = {
  "permit-from-copy": [
    {
      file: "src/actions/trading/keep-permit.ts",
      from: "const permit = issuePermit([first, ...rest], readAt);",
      to: 'const believed = first.status === "read" ? first : { ...rest[0], role: "authority" };\nconst permit = issuePermit([believed, ...rest], readAt);',
    },
  ],
  "retry-on-timeout": [
    {
      file: "src/actions/trading/trade-partition.ts",
      from: "this.#outbound.submit(command);",
      to: `this.#outbound.submit(command);
        this.#options.clock.after(1_000, () => {
          const state = this.#session.view.orders.get(command.id)?.state;
          if (state === "submitted" || state === "unresolved") venue.submit(command, () => ({ ok: true, value: true }));
        });`,
    },
  ],
  "restart-in-run": [
    {
      file: "src/actions/trading/keep-permit.ts",
      from: "  void run();\n  return {",
      to: `  const levels = new Map([["global", { level: "RUN", since: 1 }]]);
  const now = clock.monotonic();
  onPermit({ state: { epoch: 1, levels, missing: [], agreed: true }, readAt: now, expires: now + 10_000 });
  void run();
  return {`,
    },
  ],
  "no-token-check": [
    { file: "src/trading/gate.ts", from: "if (order.token !== lease.token)", to: "if (false)" },
    { file: "src/trading/gate.ts", from: "if (!leaseAllows(lease, now))", to: "if (false)" },
  ],
  "side-without-quantity": [
    {
      file: "src/trading/risk/exposure.ts",
      from: "return resting + Math.max(terms.quantity, inGroup ?? 0) <= Math.abs(position);",
      to: "return true || resting;",
    },
  ],
  "no-reservation": [
    {
      file: "src/live/book.ts",
      from: "if (order.id !== except) open.push(openOrder(order, intent?.reference));",
      to: 'if (order.id !== except && order.state !== "initialized" && order.state !== "submitted") open.push(openOrder(order, intent?.reference));',
    },
  ],
  "release-on-cancel-request": [
    {
      file: "src/trading/order.ts",
      from: "lots(isTerminal(order.state) ? 0 : Math.max(0, order.terms.quantity - order.filled));",
      to: 'lots(isTerminal(order.state) || order.state === "pending-cancel" ? 0 : Math.max(0, order.terms.quantity - order.filled));',
    },
  ],
  "fills-by-count": [
    { file: "src/live/book.ts", from: "if (this.#fills.has(fill.id)) return { isNew: false };", to: "" },
  ],
  "absence-by-one-answer": [
    {
      file: "src/live/inquiries.ts",
      from: "return inquiry.askedAt >= inquiry.unknownSince + this.#timing.proofMs;",
      to: "return true;",
    },
    {
      file: "src/live/inquiries.ts",
      from: "if (entry.leftBy === undefined || inquiry.askedAt < entry.leftBy + this.#timing.inFlightMs) return false;",
      to: "",
    },
  ],
  "cancel-proof-by-one-snapshot": [
    {
      file: "src/live/withdrawal.ts",
      from: "if (comparison.requestedAt >= this.#cleanSince + this.#timing.inFlightMs) this.proven = true;",
      to: "this.proven = true;",
    },
  ],
  "withdrawal-before-intent": [
    { file: "src/live/order-flow.ts", from: "this.#core.book.writeAgain(entry);", to: "continue;" },
  ],
  "permit-lasts-too-long": [
    {
      file: "src/trading/permit.ts",
      from: "return { state: combineStores(readings), readAt, expires: readAt + life };",
      to: "return { state: combineStores(readings), readAt, expires: readAt + 3 * life };",
    },
  ],
};

/** Has the real code loaded with the fault in it. To be called before any of it is imported. Throws when the line is gone. */
export function plant(fault: Fault): void {
  const mutations = MUTATIONS[fault] ?? [];
  if (mutations.length === 0) return;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const wanted = mutations.filter((mutation) => url.endsWith(mutation.file));
      if (wanted.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
      let source = String(typeof loaded.source === "string" ? loaded.source : Buffer.from(loaded.source as Uint8Array));
      for (const { from, to, file } of wanted) {
        if (!source.includes(from)) throw new Error(`${fault}: ${file} no longer holds: ${from}`);
        source = source.replace(from, to);
      }
      return { ...loaded, source };
    },
  });
}
