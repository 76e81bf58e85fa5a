import type { Contact } from "../ops/incident/contact.ts";
import type { Notice } from "../ops/incident/notice.ts";

/** Carries a notice to a contact over its channel. */
export interface Notifier {
  /**
   * Rejects when it was not accepted: a NotAccepted that says whether another try can help. The same `id` is the same
   * message, for receivers that look.
   */
  send(contact: Contact, notice: Notice, id: string, signal: AbortSignal): Promise<void>;
}
