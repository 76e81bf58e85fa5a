import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookAt } from "../../../src/adapters/probes/look-at.ts";
import { commandLineOf, processIds } from "../../../src/adapters/process/process-table.ts";
import { type ProbeCheck, probe } from "../../../src/ops/probe.ts";
import { PATIENCE_MS, until } from "../../support/until.ts";

let http: HttpServer;
let silent: Server;
let url: string;
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  http = createHttpServer((request, response) => {
    if (request.url === "/well") response.end('{"status":\n  "ok"}');
    else if (request.url === "/moved") response.writeHead(302, { location: "/well" }).end();
    else if (request.url === "/long") response.end("x".repeat(100_000));
    else if (request.url === "/broken") response.socket?.destroy();
    else if (request.url === "/agent") response.end(request.headers["user-agent"]);
    else if (request.url === "/bad") response.writeHead(503).end("no database");
  });
  // Takes connections and says nothing.
  silent = createServer(() => {});
  for (const server of [http, silent]) await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${portOf(http)}`;
});
afterAll(() => {
  http.closeAllConnections();
  http.close();
  silent.close();
});

function look(check: ProbeCheck, options: { timeoutMs?: number; publishedUrl?: string; signal?: AbortSignal } = {}) {
  const { timeoutMs = PATIENCE_MS, publishedUrl = url, signal = new AbortController().signal } = options;
  return lookAt(probe("readiness", check, { timeoutMs }), {
    publishedUrl: () => publishedUrl || undefined,
    postgres: { folder: tmpdir(), port: 1, user: "nobody" },
    env: { TTT_INSTANCE: "api", TTT_PID: "4711" },
    signal,
  });
}
const get = (target: string, options = {}) => look({ kind: "http", target }, options);
const sh = (script: string, options = {}) => look({ kind: "exec", command: ["sh", "-c", script] }, options);

describe("OP-04 http", () => {
  test("OP-04 a path is of the published address; the answer's status, first words and time are kept", async () => {
    const seen = await get("/well");
    expect(seen).toMatchObject({ healthy: true, status: "200", excerpt: '{"status": "ok"}' });
    expect(seen.latencyMs).toBeGreaterThanOrEqual(0);
    expect(await get("/moved")).toMatchObject({ healthy: true, status: "302" });
    expect(await get("/bad")).toMatchObject({ healthy: false, status: "503", excerpt: "no database" });
    expect((await get("/long")).excerpt).toHaveLength(200);
    expect((await get("/agent")).excerpt).toBe("ttt-probe");
  });

  test("OP-04 an address is asked as it stands", async () => {
    expect(await get(`${url}/well`, { publishedUrl: "http://127.0.0.1:1" })).toMatchObject({ status: "200" });
  });

  test("OP-04 nothing published, nobody there, a broken connection and silence are no answer", async () => {
    expect(await get("/well", { publishedUrl: "" })).toMatchObject({ healthy: false, status: "no address" });
    expect(await get("/broken")).toMatchObject({ healthy: false, status: "no answer" });
    const { port } = await closedPort();
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({
      ...{ healthy: false, status: "no answer", excerpt: expect.stringContaining("ECONNREFUSED") },
    });
    expect(await get("/nothing", { timeoutMs: 50 })).toMatchObject({ healthy: false, status: "timeout" });
  });
});

describe("OP-04 tcp", () => {
  test("OP-04 a connection is well, a refusal is not", async () => {
    const tcp = (address: string) => look({ kind: "tcp", address });
    expect(await tcp(`127.0.0.1:${portOf(silent)}`)).toMatchObject({ healthy: true, status: "connected" });
    const { port } = await closedPort();
    expect(await tcp(`127.0.0.1:${port}`)).toMatchObject({ healthy: false, status: "refused" });
  });
});

describe("OP-04 exec", () => {
  test("OP-04 exit 0 is well; what a program said last is kept, and it is told whom to look at", async () => {
    expect(await sh('echo "$TTT_INSTANCE $TTT_PID"')).toMatchObject({
      ...{ healthy: true, status: "exit 0", excerpt: "api 4711" },
    });
    expect(await sh("echo too full >&2; exit 3")).toMatchObject({
      ...{ healthy: false, status: "exit 3", excerpt: "too full" },
    });
    expect(await look({ kind: "exec", command: ["/no/such/program"] })).toMatchObject({
      ...{ healthy: false, status: "not started", excerpt: expect.stringContaining("ENOENT") },
    });
  });

  test.each([
    ["late", (mark: string) => sh(`sleep ${mark} & sleep ${mark}`, { timeoutMs: 100 }), "timeout"],
    [
      "given up",
      async (mark: string) => {
        const stopping = new AbortController();
        const looking = sh(`sleep ${mark} & sleep ${mark}`, { signal: stopping.signal });
        await until("the program", () => running(mark) === 2);
        stopping.abort();
        return looking;
      },
      "given up",
    ],
  ] as const)("OP-04 one that is %s is ended with all that it started", async (_how, ask, status) => {
    const mark = `${100_000 + Math.floor(process.pid / 7)}.${status.length}`;
    expect(await ask(mark)).toMatchObject({ healthy: false, status });
    await until("its end", () => running(mark) === 0);
  });
});

/** Programs that sleep for exactly this long. */
const running = (mark: string) =>
  processIds().filter((pid) => commandLineOf(pid).filter(Boolean).join(" ") === `sleep ${mark}`).length;

async function closedPort(): Promise<{ port: number }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const port = portOf(server);
  await new Promise((done) => server.close(done));
  return { port };
}
