import type { Transporter } from "nodemailer";
import { messageOf } from "../../core/errors.ts";
import { NotAccepted } from "../../ops/incident/not-accepted.ts";
import { headlineOf, type Notice } from "../../ops/incident/notice.ts";

const CONNECT_MS = 5_000;

export interface MailSettings {
  /** smtp://user:password@host:port, or smtps:// */
  readonly url: string;
  readonly from: string;
}

/** Sends notices as plain mail, all about one incident in one thread. */
export class Mail {
  readonly #settings: MailSettings;
  #transporter: Transporter | undefined;

  constructor(settings: MailSettings) {
    this.#settings = settings;
  }

  async send(to: string, notice: Notice, id: string, signal: AbortSignal): Promise<void> {
    const { incident, text, links } = notice;
    const domain = this.#settings.from.split("@")[1]?.replace(/[>\s].*$/, "") || "ttt.invalid";
    const thread = `<${incident}@${domain}>`;
    const transporter = await this.#open();
    const sending = transporter.sendMail({
      from: this.#settings.from,
      to,
      subject: headlineOf(notice),
      text: [text, ...links].filter((line) => line !== "").join("\n\n"),
      messageId: `<${id}@${domain}>`,
      inReplyTo: thread,
      references: thread,
      headers: { "auto-submitted": "auto-generated", "x-ttt-incident": incident },
    });
    try {
      await untilAborted(sending, signal);
    } catch (error) {
      throw new NotAccepted(messageOf(error), { retryable: isPassing(error), cause: error });
    }
  }

  close(): void {
    this.#transporter?.close();
  }

  async #open(): Promise<Transporter> {
    const { createTransport } = await import("nodemailer");
    const limits = { connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: CONNECT_MS };
    this.#transporter ??= createTransport({ url: this.#settings.url, ...limits });
    return this.#transporter;
  }
}

/** The answer of a mail server says whether to come again: 5xx is for good, everything else may pass. */
function isPassing(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "responseCode" in error ? Number(error.responseCode) : 0;
  return !(code >= 500 && code < 600);
}

function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
    work.then(resolve, reject);
  });
}
