import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { ChannelNotifier } from "../../../src/adapters/notify/channel-notifier.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { Channel, Contact } from "../../../src/ops/incident/contact.ts";
import { NotAccepted } from "../../../src/ops/incident/not-accepted.ts";
import type { Notice } from "../../../src/ops/incident/notice.ts";
import { startMailServer, startWebReceiver } from "../../support/receivers.ts";
import { freePort } from "../../support/servers/free-port.ts";

const SECRET = "sesame-open-wide";
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const web = async (answer?: Parameters<typeof startWebReceiver>[0]) => {
  const receiver = await startWebReceiver(answer);
  closers.push(receiver.close);
  return receiver;
};
const notifierFor = (secrets: Record<string, string>, mailUrl?: string) => {
  const notifier = new ChannelNotifier({
    secret: (name) => secrets[name],
    mail: mailUrl === undefined ? undefined : { url: mailUrl, from: "ttt <ttt@desk.example>" },
    redact: (text) => text.replaceAll(SECRET, "[redacted]"),
    clock: systemClock,
  });
  closers.push(() => notifier.close());
  return notifier;
};
const contact = (channel: Channel, to: Partial<Contact> = {}): Contact => ({
  ...{ name: "desk", audience: "desk", channel, to: "TTT_HOOK", severity: "sev4", afterSeconds: 0, note: "" },
  ...to,
});
const NOTICE: Notice = {
  ...{ incident: "inc-20261123-7k2fq", what: "opened", title: "fills <twice> & more", severity: "sev1", state: "open" },
  text: `password ${SECRET} in a log\nAcknowledge: ttt incident ack inc-20261123-7k2fq`,
  links: ["http://prometheus.example/graph"],
};
const patient = () => new AbortController().signal;
const failureOf = (sending: Promise<void>) =>
  sending.then(
    () => undefined,
    (error: unknown) => (error instanceof NotAccepted ? error : Promise.reject(error)),
  );

describe("OR-05 channels", () => {
  test("OR-05 Slack gets its text and blocks, its three characters escaped, no secret", async () => {
    const receiver = await web();
    await notifierFor({ TTT_HOOK: `${receiver.url}/services/T0/B0/x` }).send(contact("slack"), NOTICE, "n1", patient());
    const [post] = receiver.posts;
    expect(post).toMatchObject({ path: "/services/T0/B0/x", headers: { "content-type": "application/json" } });
    const body = JSON.parse(post!.body);
    expect(body.text).toBe("SEV1 inc-20261123-7k2fq open: fills &lt;twice&gt; &amp; more");
    expect(body.attachments[0].blocks.map(({ text }: { text: { text: string } }) => text.text)).toEqual([
      "*SEV1 inc-20261123-7k2fq open: fills &lt;twice&gt; &amp; more*",
      "password [redacted] in a log\nAcknowledge: ttt incident ack inc-20261123-7k2fq",
      "<http://prometheus.example/graph>",
    ]);
  });

  test("OR-05 Teams gets an adaptive card", async () => {
    const receiver = await web(() => 202);
    await notifierFor({ TTT_HOOK: receiver.url }).send(
      contact("teams"),
      { ...NOTICE, what: "escalation" },
      "n1",
      patient(),
    );
    const [attachment] = JSON.parse(receiver.posts[0]!.body).attachments;
    expect(attachment.contentType).toBe("application/vnd.microsoft.card.adaptive");
    expect(attachment.content).toMatchObject({
      type: "AdaptiveCard",
      body: [
        { text: "SEV1 inc-20261123-7k2fq NOT ACKNOWLEDGED: fills <twice> & more", color: "Attention", wrap: true },
        { text: "password [redacted] in a log" },
        { text: "Acknowledge: ttt incident ack inc-20261123-7k2fq" },
      ],
      actions: [{ type: "Action.OpenUrl", url: "http://prometheus.example/graph" }],
    });
  });

  test("OR-05 a webhook gets the notice, with an id, and a signature that its receiver can recompute", async () => {
    const receiver = await web();
    const secrets = { TTT_HOOK: receiver.url, TTT_KEY: "k".repeat(32) };
    const before = Math.floor(Date.now() / 1000);
    await notifierFor(secrets).send(contact("webhook", { signedWith: "TTT_KEY" }), NOTICE, "n7", patient());
    const { headers, body } = receiver.posts[0]!;
    expect(JSON.parse(body)).toMatchObject({ id: "n7", incident: NOTICE.incident, what: "opened", severity: "sev1" });
    expect(headers["x-ttt-delivery"]).toBe("n7");
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["x-ttt-signature"])) ?? [];
    expect(signature).toBe(createHmac("sha256", secrets.TTT_KEY).update(`${time}.${body}`).digest("hex"));
    expect(Number(time)).toBeGreaterThanOrEqual(before);
    expect(Number(time)).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test("OR-05 mail goes through a server that asks for a password, all of one incident in one thread", async () => {
    const server = await startMailServer("ttt", SECRET, ["gone@desk.example"]);
    closers.push(server.close);
    const notifier = notifierFor({}, server.url);
    const to = { to: "ann@desk.example, bob@desk.example" };
    await notifier.send(contact("email", to), NOTICE, "n9", patient());
    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: "ttt@desk.example", to: ["ann@desk.example", "bob@desk.example"], user: "ttt" });
    expect(mail?.source).toContain("Subject: SEV1 inc-20261123-7k2fq open: fills <twice> & more");
    expect(mail?.source).toContain("Message-ID: <n9@desk.example>");
    expect(mail?.source).toContain("In-Reply-To: <inc-20261123-7k2fq@desk.example>");
    expect(mail?.source).toContain("password [redacted] in a log");
    expect(mail?.source).not.toContain(SECRET);

    const gone = await failureOf(notifier.send(contact("email", { to: "gone@desk.example" }), NOTICE, "n", patient()));
    expect(gone).toMatchObject({ retryable: false, message: expect.stringContaining("no such mailbox") });
    const intruder = notifierFor({}, server.url.replace(SECRET, "something-else"));
    const refused = await failureOf(intruder.send(contact("email", to), NOTICE, "n", patient()));
    expect(refused?.message).toContain("wrong user or password");
  });
});

describe("OR-05 channels that fail", () => {
  test.each([
    [500, { retryable: true }],
    [429, { retryable: true, retryAfterMs: 7_000 }],
    [404, { retryable: false }],
  ])("OR-05 %i says whether to come again, and names the host without its secret path", async (status, expected) => {
    const receiver = await web(() => status);
    const notifier = notifierFor({ TTT_HOOK: `${receiver.url}/services/${SECRET}` });
    const failure = await failureOf(notifier.send(contact("slack"), NOTICE, "n", patient()));
    expect(failure).toMatchObject(expected);
    expect(failure?.message).toMatch(/^127\.0\.0\.1:\d+ answered/);
    expect(failure?.message).not.toContain(SECRET);
  });

  test("OR-05 nobody there, no answer, no secret, no mail server: each says what it is", async () => {
    const receiver = await web(() => "never");
    const url = `http://127.0.0.1:${await freePort()}`;
    const failure = (secrets: Record<string, string>, one: Contact, signal = patient()) =>
      failureOf(notifierFor(secrets).send(one, NOTICE, "n", signal));
    expect(await failure({ TTT_HOOK: url }, contact("slack"))).toMatchObject({
      retryable: true,
      message: expect.stringContaining("ECONNREFUSED"),
    });
    const impatient = new AbortController();
    const waiting = failure({ TTT_HOOK: receiver.url }, contact("teams"), impatient.signal);
    impatient.abort();
    expect(await waiting).toMatchObject({ retryable: true });
    expect(await failure({}, contact("webhook"))).toMatchObject({
      retryable: false,
      message: "the secret TTT_HOOK is not set",
    });
    expect(await failure({ TTT_HOOK: "file:///etc/passwd" }, contact("slack"))).toMatchObject({ retryable: false });
    expect(await failure({}, contact("email", { to: "a@b.c" }))).toMatchObject({ retryable: false });
  });
});
