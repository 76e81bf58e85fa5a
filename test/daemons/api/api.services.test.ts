import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MOST_JSON_BYTES } from "../../../daemons/api/app.ts";
import { hashOfBars } from "../../../src/adapters/files/bar-hash.ts";
import { readSse } from "../../../src/adapters/http/client/read-sse.ts";
import { COLUMN_NAMES } from "../../../src/backtest/data/bar-buffer.ts";
import { OWNER_TOKEN, startApi, type TestApi } from "../../support/api.ts";
import { startBacktester, type TestBacktester } from "../../support/backtester.ts";
import { livelyBars } from "../../support/market-bars.ts";
import { migratedDatabase } from "../../support/servers/shared.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const columns = livelyBars(500);
const hash = hashOfBars(columns);
const ref = `sha256:${hash}`;

interface Backtest {
  readonly id: string;
  readonly links: Readonly<Record<"result" | "trades" | "report" | "page" | "equity", string>>;
}

let api: TestApi;
let database: string;

beforeAll(async () => {
  database = await migratedDatabase();
  api = await startApi(database);
  await api.vault.put(hash, { columns, name: "test" });
});
afterAll(() => api.close());

const problem = async (response: Response | Promise<Response>) => {
  const answer = await response;
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  return (await answer.json()) as { status: number; code: string; exit: string; requestId: string };
};

/** With headers that fetch does not let a caller set. */
const rawStatus = (headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    httpRequest(
      `${api.url}/api/backtest`,
      { headers: { authorization: `Bearer ${OWNER_TOKEN}`, ...headers } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    )
      .on("error", reject)
      .end();
  });

describe("OA-01 health, readiness and metrics need no token", () => {
  test.each(["/healthz", "/readyz", "/metrics", "/v1/openapi.json", "/docs"])("%s", async (path) => {
    expect((await fetch(api.url + path)).status).toBe(200);
  });

  test("metrics count requests by route, not by address", async () => {
    await api.request("/api/backtest/job-0123456789abcdef");
    const text = await (await fetch(`${api.url}/metrics`)).text();
    expect(text).toContain('ttt_http_requests_total{method="GET",route="/api/backtest/:id",status="404"');
    expect(text).not.toContain("job-0123456789abcdef");
  });
});

describe("OA-03 every route refuses", () => {
  test("no token, a wrong token, an expired and a revoked one", async () => {
    const { tokens } = api;
    const expired = await tokens.create({ name: "expired", role: "viewer", createdBy: "test", lifeMs: -1 });
    const revoked = await tokens.create({ name: "revoked", role: "viewer", createdBy: "test", lifeMs: 3_600_000 });
    await tokens.revoke("revoked");
    for (const authorization of [
      "",
      "Bearer wrong",
      "Basic x",
      `Bearer ${expired!.token}`,
      `Bearer ${revoked!.token}`,
    ]) {
      const refused = await problem(api.request("/api/backtest", { headers: { authorization } }));
      expect(refused).toMatchObject({ status: 401, exit: "unauthorized" });
    }
  });

  test("a role that is too weak, and lets a stronger one pass", async () => {
    const viewer = await api.tokens.create({ name: "viewer", role: "viewer", createdBy: "test", lifeMs: 3_600_000 });
    const headers = { authorization: `Bearer ${viewer!.token}` };
    expect((await api.request("/api/backtest", { headers })).status).toBe(200);
    const refused = await problem(api.post("/api/backtest", { strategy: "sma-cross", data: ref }, headers));
    expect(refused).toMatchObject({ status: 403, code: "ROLE_TOO_WEAK" });
  });

  test("a revoked token within a second of its last use", async () => {
    const made = await api.tokens.create({ name: "short", role: "viewer", createdBy: "test", lifeMs: 3_600_000 });
    const headers = { authorization: `Bearer ${made!.token}` };
    expect((await api.request("/api/backtest", { headers })).status).toBe(200);
    await api.tokens.revoke("short");
    await expect.poll(async () => (await api.request("/api/backtest", { headers })).status).toBe(401);
  });

  test("a foreign host and a foreign origin", async () => {
    expect(await rawStatus({ host: "evil.example" })).toBe(421);
    expect(await rawStatus({ origin: "https://evil.example" })).toBe(403);
    expect(await rawStatus({ origin: "null" })).toBe(403);
    expect(await rawStatus({ host: `localhost:${new URL(api.url).port}` })).toBe(200);
  });

  test("answers no page of another site: there are no CORS headers", async () => {
    const answer = await api.request("/api/backtest", { method: "OPTIONS" });
    expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("a body that is too large, is not JSON, or does not fit", async () => {
    const large = await problem(api.post("/api/backtest", { strategy: "x".repeat(MOST_JSON_BYTES) }));
    expect(large).toMatchObject({ status: 413, code: "BODY_TOO_LARGE" });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{" };
    expect(await problem(api.request("/api/backtest", init))).toMatchObject({ status: 400 });
    const form = { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" };
    expect(await problem(api.request("/api/backtest", form))).toMatchObject({ status: 415, code: "MEDIA_TYPE" });
    const misfit = await problem(api.post("/api/backtest", { strategy: "sma-cross", data: ref, extra: 1 }));
    expect(misfit).toMatchObject({ status: 400, code: "REQUEST_INVALID", errors: [{ at: "body" }] });
  });

  test("an unknown address and a wrong method, saying what there is", async () => {
    expect(await problem(api.request("/nothing"))).toMatchObject({ status: 404, code: "ROUTE_UNKNOWN" });
    const wrong = await api.request("/api/backtest", { method: "DELETE" });
    expect(wrong.headers.get("allow")).toBe("POST, GET");
    expect(await problem(wrong)).toMatchObject({ status: 405 });
  });

  test("a caller that comes too often, and says when to come again", async () => {
    const strict = await startApi(database, { clock: new VirtualClock() });
    const cancel = (token = OWNER_TOKEN) =>
      strict.request("/api/backtest/job-0123456789abcdef", {
        method: "DELETE",
        headers: { authorization: `Bearer ${token}` },
      });
    const statuses: number[] = [];
    for (let i = 0; i < 100; i++) statuses.push((await cancel()).status);
    expect(new Set(statuses)).toEqual(new Set([404]));
    const refused = await cancel();
    expect([refused.status, Number(refused.headers.get("retry-after"))]).toEqual([429, 1]);
    expect((await strict.request("/api/backtest")).status, "reading").toBe(200);
    const other = await api.tokens.create({ name: "patient", role: "operator", createdBy: "test", lifeMs: 3_600_000 });
    expect((await cancel(other!.token)).status, "another caller").toBe(404);
    await strict.close();
  });

  test("a request id is kept when it is sound, and replaced when it is not", async () => {
    const kept = await api.request("/nothing", { headers: { "x-request-id": "abc-1" } });
    expect(kept.headers.get("x-request-id")).toBe("abc-1");
    expect((await problem(kept)).requestId).toBe("abc-1");
    const replaced = await api.request("/nothing", { headers: { "x-request-id": "a b<script>" } });
    expect(replaced.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("OA-05 backtests", () => {
  let backtester: TestBacktester;
  beforeAll(async () => {
    backtester = await startBacktester(database);
  });
  afterAll(() => backtester.close());

  test("bars are sent once, a job is taken in with 202 and a link, and its progress leads to its report", async () => {
    const own = livelyBars(400, 11);
    const ownHash = hashOfBars(own);
    expect((await api.request(`/v1/bars/${ownHash}`)).status).toBe(404);
    const bytes = new Float64Array(6 * 400);
    for (const [index, name] of COLUMN_NAMES.entries()) bytes.set(own[name], index * 400);
    const init = { method: "PUT", headers: { "content-type": "application/octet-stream" }, body: bytes };
    expect((await api.request(`/v1/bars/${ownHash}`, init)).status).toBe(201);
    expect((await api.request(`/v1/bars/${ownHash}`)).status).toBe(200);

    const answer = await api.post("/api/backtest", {
      strategy: "sma-cross",
      data: [{ ref: `sha256:${ownHash}`, symbol: "BTC" }],
      params: { fast: 5, slow: 20 },
    });
    expect(answer.status).toBe(202);
    const location = answer.headers.get("location")!;
    const states: string[] = [];
    for await (const { data } of readSse(await api.request(`${location}/events`))) states.push(JSON.parse(data).state);
    expect(states.at(-1)).toBe("succeeded");
    const job = (await (await api.request(location)).json()) as Backtest;
    expect(job).toMatchObject({ state: "succeeded", progress: 1, submittedBy: "owner" });
    const report = (await (await api.request(job.links.report)).json()) as { stats: object; trades: object[] };
    expect(report).toMatchObject({ strategy: "sma-cross", params: { fast: 5, slow: 20 }, data: [{ symbol: "BTC" }] });
    const result = (await (await api.request(job.links.result)).json()) as { counts: object; stats: object };
    expect(result).toMatchObject({ stats: report.stats, counts: { trades: report.trades.length, denials: 0 } });
    expect(result).not.toHaveProperty("trades");
    const page = await (await api.request(`${job.links.trades}?after=2&limit=3`)).json();
    expect(page).toEqual({ total: report.trades.length, trades: report.trades.slice(2, 5) });
    const html = await api.request(job.links.page);
    expect([html.headers.get("content-type"), html.headers.get("content-disposition")]).toEqual([
      "text/html; charset=utf-8",
      `attachment; filename="${job.id}.html"`,
    ]);
    expect(await html.text()).toMatch(/^<!doctype html>[\s\S]*sma-cross on BTC/i);
    const curve = (await (await api.request(job.links.equity)).json()) as { equity: number[] };
    expect(curve.equity).toHaveLength(400);
    const list = (await (await api.request("/api/backtest?state=succeeded")).json()) as { backtests: Backtest[] };
    expect(list.backtests.map(({ id }) => id)).toContain(job.id);
  });

  test("bars that have another hash, and bytes that are no columns, are not kept", async () => {
    const put = (body: Uint8Array<ArrayBuffer>) =>
      api.request(`/v1/bars/${"0".repeat(64)}`, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body,
      });
    expect(await problem(put(new Uint8Array(96)))).toMatchObject({ status: 422, code: "BARS_HASH" });
    expect(await problem(put(new Uint8Array(50)))).toMatchObject({ status: 422, code: "BARS_MALFORMED" });
  });

  test("OA-05 what can be known to be wrong is refused at once, and never waits in the queue", async () => {
    const submit = (more: object) => problem(api.post("/api/backtest", { strategy: "sma-cross", data: ref, ...more }));
    const wrong = [
      { options: { commission: 2 } },
      { options: { latencyBars: 1_000_000 } },
      { options: { timezone: "Mars/Base" } },
      { options: { instruments: { ELSEWHERE: { lot: 1 } } } },
      { from: 5, to: 1 },
    ];
    for (const one of wrong) expect(await submit(one)).toMatchObject({ status: 400, code: "SPEC_INVALID" });
    const twice = [
      { ref, symbol: "A" },
      { ref, symbol: "A" },
    ];
    expect(await submit({ data: twice })).toMatchObject({ status: 400, code: "SYMBOL_TWICE" });
  });

  test("OA-05 equal work is found whatever order its options came in, and with the default cash named or not", async () => {
    const submit = async (options: object) => {
      const answer = await api.post("/api/backtest", { strategy: "sma-cross", data: ref, options });
      return ((await answer.json()) as { id: string }).id;
    };
    const id = await submit({ leverage: 2, maintenanceMargin: 0.1 });
    expect(await submit({ maintenanceMargin: 0.1, leverage: 2, cash: 10_000 })).toBe(id);
    expect(await submit({ maintenanceMargin: 0.1, leverage: 2, cash: 20_000 })).not.toBe(id);
  });

  test("a result that is not there yet is a conflict that says so", async () => {
    const { job } = await api.jobs.submit({ kind: "sweep-shard", key: "unserved", spec: {}, submittedBy: "test" });
    expect(await problem(api.request(`/api/backtest/${job.id}/report`))).toMatchObject({
      status: 409,
      code: "BACKTEST_NOT_DONE",
    });
    const cancelled = await api.request(`/api/backtest/${job.id}`, { method: "DELETE" });
    expect(await cancelled.json()).toMatchObject({ state: "cancelled" });
  });
});

describe("OA-04 idempotency", () => {
  const body = { strategy: "sma-cross", data: ref, params: { fast: 9 } };

  test("the same key gives the first answer again; with another body it is refused", async () => {
    const headers = { "idempotency-key": "order-1" };
    const first = await api.post("/api/backtest", body, headers);
    const again = await api.post("/api/backtest", body, headers);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect([again.status, await again.json()]).toEqual([first.status, await first.json()]);
    const other = await problem(api.post("/api/backtest", { ...body, params: { fast: 8 } }, headers));
    expect(other).toMatchObject({ status: 409, code: "IDEMPOTENCY_REUSED" });
  });

  test("keys belong to their callers, and a request that was refused frees its key", async () => {
    const other = await api.tokens.create({ name: "other", role: "operator", createdBy: "test", lifeMs: 3_600_000 });
    const theirs = { "idempotency-key": "order-1", authorization: `Bearer ${other!.token}` };
    expect((await api.post("/api/backtest", { ...body, params: { fast: 7 } }, theirs)).status).toBe(202);
    const headers = { "idempotency-key": "order-2" };
    expect((await api.post("/api/backtest", { ...body, strategy: "nonesuch" }, headers)).status).toBe(404);
    expect((await api.post("/api/backtest", body, headers)).status).toBe(202);
  });

  test("ten at once with one key do the work once", async () => {
    const headers = { "idempotency-key": "crowd" };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post("/api/backtest", body, headers)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 202 || status === 409)).toBe(true);
    expect(statuses.has(202)).toBe(true);
  });
});
