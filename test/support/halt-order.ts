/** In the state directory: where the worker is to halt, that it has, and every order that was written to the venue. */
export const HALT_FILE = "halt-order.json";
export const HALTED_FILE = "halted-at";
export const SENT_FILE = "sent-orders";

export interface HaltOrder {
  /** `before intents committed`, `after order written`. */
  readonly place: string;
  readonly signal: "SIGKILL" | "SIGSTOP";
}
