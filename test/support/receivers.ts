import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export interface ReceivedPost {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A real HTTP receiver on a port of its own. `answer` says with which status; 200 when left out. */
export async function startWebReceiver(answer: (post: ReceivedPost) => number | "never" = () => 200) {
  const posts: ReceivedPost[] = [];
  const server = createServer(async (request, response) => {
    const post = { path: request.url ?? "", headers: request.headers, body: await text(request) };
    posts.push(post);
    const status = answer(post);
    if (status !== "never") response.writeHead(status, status === 429 ? { "retry-after": "7" } : {}).end("ok");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string;
  readonly source: string;
}

/** A real SMTP server that takes mail of one user; `refuse` names recipients that it does not know. */
export async function startMailServer(user: string, password: string, refuse: readonly string[] = []) {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    logger: false,
    onAuth(auth, _session, done) {
      if (auth.username === user && auth.password === password) done(null, { user });
      else done(new Error("wrong user or password"));
    },
    onRcptTo({ address }, _session, done) {
      done(refuse.includes(address) ? Object.assign(new Error("no such mailbox"), { responseCode: 550 }) : undefined);
    },
    onData(stream, session, done) {
      void text(stream).then((source) => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        mails.push({ from, to: rcptTo.map(({ address }) => address), user: String(session.user), source });
        done();
      });
    },
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://${user}:${password}@127.0.0.1:${port}`,
    mails,
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}
