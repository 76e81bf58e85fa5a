import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { Contact } from "../../ops/incident/contact.ts";
import { NotAccepted } from "../../ops/incident/not-accepted.ts";
import type { Notice } from "../../ops/incident/notice.ts";
import type { Notifier } from "../../ports/notifier.ts";
import { Mail, type MailSettings } from "./mail.ts";
import { postJson } from "./post-json.ts";
import { slackMessage } from "./slack.ts";
import { teamsMessage } from "./teams.ts";
import { webhookMessage } from "./webhook.ts";

export interface NotifierSettings {
  /** The value of a secret by its name. */
  readonly secret: (name: string) => string | undefined;
  readonly mail: MailSettings | undefined;
  /** Replaces every known secret in a text. */
  readonly redact: (text: string) => string;
  readonly clock: Clock;
}

/** Sends by the channel of each contact. Neither what is sent nor what is complained of holds a secret. */
export class ChannelNotifier implements Notifier {
  readonly #settings: NotifierSettings;
  readonly #mail: Mail | undefined;

  constructor(settings: NotifierSettings) {
    this.#settings = settings;
    this.#mail = settings.mail && new Mail(settings.mail);
  }

  async send(contact: Contact, notice: Notice, id: string, signal: AbortSignal): Promise<void> {
    const { redact } = this.#settings;
    const clean = {
      ...notice,
      title: redact(notice.title),
      text: redact(notice.text),
      links: notice.links.map(redact),
    };
    try {
      await this.#sendBy(contact, clean, id, signal);
    } catch (error) {
      const known = error instanceof NotAccepted ? error : undefined;
      throw new NotAccepted(redact(messageOf(error)), {
        retryable: known?.retryable ?? true,
        retryAfterMs: known?.retryAfterMs,
      });
    }
  }

  close(): void {
    this.#mail?.close();
  }

  async #sendBy(contact: Contact, notice: Notice, id: string, signal: AbortSignal): Promise<void> {
    switch (contact.channel) {
      case "slack":
        return postJson(this.#needed(contact.to), JSON.stringify(slackMessage(notice)), { signal });
      case "teams":
        return postJson(this.#needed(contact.to), JSON.stringify(teamsMessage(notice)), { signal });
      case "webhook": {
        const secret = contact.signedWith === undefined ? undefined : this.#needed(contact.signedWith);
        const { body, headers } = webhookMessage(notice, id, { secret, now: this.#settings.clock.now() });
        return postJson(this.#needed(contact.to), body, { headers, signal });
      }
      case "email":
        if (this.#mail) return this.#mail.send(contact.to, notice, id, signal);
        throw new NotAccepted("no mail server is configured: TTT_INCIDENT_SMTP_URL", { retryable: false });
    }
  }

  #needed(name: string): string {
    const value = this.#settings.secret(name);
    if (value !== undefined && value !== "") return value;
    throw new NotAccepted(`the secret ${name} is not set`, { retryable: false });
  }
}
