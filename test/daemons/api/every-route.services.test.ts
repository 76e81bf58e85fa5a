import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MOST_JSON_BYTES } from "../../../daemons/api/app.ts";
import { hashOfBars } from "../../../src/adapters/files/bar-hash.ts";
import { postgresBarVault } from "../../../src/adapters/postgres/postgres-bar-vault.ts";
import { ROLES } from "../../../src/ops/role.ts";
import { ApiDaemon, addressOf, type DocumentedOperation } from "../../support/api-daemon.ts";
import { livelyBars } from "../../support/market-bars.ts";

// Everything here walks the operations that the daemon itself says it has: a new one cannot be forgotten.

let api: ApiDaemon;
beforeAll(async () => {
  api = await ApiDaemon.start();
});
afterAll(() => api.close());

const each = async (
  wanted: (one: DocumentedOperation) => boolean,
  check: (one: DocumentedOperation) => Promise<unknown>,
): Promise<Record<string, unknown>> => {
  const found: Record<string, unknown> = {};
  for (const one of api.operations.filter(wanted)) found[one.operationId] = await check(one);
  expect(Object.keys(found).length).toBeGreaterThan(0);
  return found;
};
const all = (found: Record<string, unknown>, expected: unknown) =>
  Object.fromEntries(Object.keys(found).map((id) => [id, expected]));
const needsToken = ({ role }: DocumentedOperation) => role !== undefined;
const takesJson = ({ requestBody }: DocumentedOperation) => requestBody?.content["application/json"] !== undefined;
const takesBytes = (one: DocumentedOperation) => one.requestBody !== undefined && !takesJson(one);
const changes = ({ method }: DocumentedOperation) => method !== "GET";
const JSON_TYPE = { "content-type": "application/json" };
const codeOf = ({ text }: { readonly text: string }) => JSON.parse(text).code;

describe("OA-03 every route refuses", () => {
  test("whoever has no token, a wrong, an expired or a revoked one", async () => {
    const expired = await api.tokens.create({ name: "expired", role: "admin", createdBy: "test", lifeMs: -1 });
    const revoked = await api.tokens.create({ name: "revoked", role: "admin", createdBy: "test", lifeMs: 3_600_000 });
    await api.tokens.revoke("revoked");
    // Wrong tokens are few for each address: one of each kind, in turn.
    const wrong = [{}, { authorization: `Bearer ${expired!.token}` }, { authorization: `Bearer ${revoked!.token}` }];
    const none = await each(needsToken, async ({ method, path }) => (await api.send(method, addressOf(path))).status);
    expect(none).toEqual(all(none, 401));
    let turn = 0;
    const found = await each(needsToken, async ({ method, path }) => {
      const { status } = await api.send(method, addressOf(path), { headers: wrong[turn++ % 3]! });
      // After twenty wrong tokens the address has to wait, which is a refusal too.
      return status === 401 || status === 429;
    });
    expect(found).toEqual(all(found, true));
  });

  test("a role that is too weak", async () => {
    const found = await each(
      ({ role }) => role !== undefined && role !== "viewer",
      async ({ method, path, role }) => {
        const weaker = ROLES[ROLES.indexOf(role!) - 1]!;
        const { status, text } = await api.send(method, addressOf(path), { headers: api.as(weaker) });
        return `${status} ${JSON.parse(text).code}`;
      },
    );
    expect(found).toEqual(all(found, "403 ROLE_TOO_WEAK"));
  });

  test("a foreign Host and a foreign Origin, whatever the token", async () => {
    const every = () => true;
    const hosts = await each(every, async ({ method, path }) => {
      const headers = { ...api.as("admin"), host: "evil.example" };
      return (await api.send(method, addressOf(path), { headers })).status;
    });
    expect(hosts).toEqual(all(hosts, 421));
    const origins = await each(every, async ({ method, path }) => {
      const headers = { ...api.as("admin"), origin: "https://evil.example" };
      return (await api.send(method, addressOf(path), { headers })).status;
    });
    expect(origins).toEqual(all(origins, 403));
  });

  test("a body that is too large", async () => {
    const body = JSON.stringify({ filler: "x".repeat(MOST_JSON_BYTES) });
    const found = await each(takesJson, async ({ method, path }) =>
      codeOf(await api.send(method, addressOf(path), { headers: { ...api.as("admin"), ...JSON_TYPE }, body })),
    );
    expect(found).toEqual(all(found, "BODY_TOO_LARGE"));
    const bytes = await each(takesBytes, async ({ method, path, requestBody }) => {
      const [type = ""] = Object.keys(requestBody!.content);
      const headers = { ...api.as("admin"), "content-type": type, "content-length": String(1e12) };
      return codeOf(await api.send(method, addressOf(path, { hash: "0".repeat(64) }), { headers }));
    });
    expect(bytes).toEqual(all(bytes, "BODY_TOO_LARGE"));
  });

  test("a body that is no JSON, of another type, or not what the schema says", async () => {
    const ask = async ({ method, path }: DocumentedOperation, headers: Record<string, string>, body: string) =>
      (await api.send(method, addressOf(path), { headers: { ...api.as("admin"), ...headers }, body })).status;
    const broken = await each(takesJson, (one) => ask(one, JSON_TYPE, "{"));
    expect(broken).toEqual(all(broken, 400));
    const typed = await each(takesJson, (one) => ask(one, { "content-type": "text/plain" }, "{}"));
    expect(typed).toEqual(all(typed, 415));
    const misfit = await each(takesJson, (one) => ask(one, JSON_TYPE, `["no object"]`));
    expect(misfit).toEqual(all(misfit, 400));
  });

  test("parameters that are none", async () => {
    const found = await each(
      ({ path }) => path.includes("{"),
      async ({ method, path, requestBody }) => {
        const headers = { ...api.as("admin"), ...(requestBody && JSON_TYPE) };
        const { status } = await api.send(method, path.replaceAll(/\{\w+\}/g, "..%2F%00%C0"), { headers });
        return status >= 400 && status < 500;
      },
    );
    expect(found).toEqual(all(found, true));
  });
});

describe("OA-04 idempotency, on every route that changes something", () => {
  const NO_BODY = "it takes no body that could be another";
  let incident: string;
  const alert = (name: string) => ({
    version: "4",
    groupKey: name,
    status: "firing",
    receiver: "ttt",
    alerts: [
      {
        ...{ status: "firing", labels: { alertname: name }, annotations: {} },
        ...{ startsAt: "2026-01-01T00:00:00Z", endsAt: "0001-01-01T00:00:00Z", fingerprint: name },
      },
    ],
  });

  const columns = livelyBars(50);
  const run = { strategy: "sma-cross", data: [{ ref: `sha256:${hashOfBars(columns)}`, symbol: "BTC" }] };
  const shardOf = (number: number) => ({
    ...{ run, sweep: "0123456789ab", number },
    tasks: [{ index: number, params: { fast: 5, slow: 20 } }],
  });

  beforeAll(async () => {
    await postgresBarVault(api.stack.sql).put(hashOfBars(columns), { columns, name: "test" });
    const headers = { ...api.as("admin"), ...JSON_TYPE };
    // What the first worker of an environment does.
    await api.stack.sql.query("SELECT trading_level_found('RUN', 'test', 'test')");
    const opened = await api.send("POST", "/v1/incidents", {
      headers,
      body: JSON.stringify({ title: "of this test" }),
    });
    incident = JSON.parse(opened.text).id;
  });

  /** Two bodies for each operation, or why there are none. */
  const TWO_BODIES: Record<string, readonly [object, object] | string> = {
    openIncident: [{ title: "one" }, { title: "two" }],
    updateIncident: [
      { audience: "desk", send: false },
      { audience: "executives", send: false },
    ],
    assignIncident: [
      { role: "commander", to: "ada" },
      { role: "commander", to: "bob" },
    ],
    gradeIncident: [
      { severity: "sev1", reason: "worse" },
      { severity: "sev3", reason: "better" },
    ],
    noteIncident: [{ text: "one" }, { text: "two" }],
    mitigateIncident: [{ how: "one" }, { how: "two" }],
    resolveIncident: [{ how: "one" }, { how: "two" }],
    reopenIncident: [{ why: "one" }, { why: "two" }],
    takeAlerts: [alert("One"), alert("Two")],
    setFlag: [
      { value: true, reason: "one" },
      { value: false, reason: "two" },
    ],
    acknowledgeIncident: NO_BODY,
    cancelBacktest: NO_BODY,
    unsetFlag: NO_BODY,
    approveArm: NO_BODY,
    sendBars: "the bytes are checked against the hash in the address",
    submitBacktest: [run, { ...run, params: { fast: 6 } }],
    submitSweepShard: [shardOf(0), shardOf(1)],
    graphql: "each of its mutations answers for itself: shown below",
    engageKillSwitch: "the refusal says that it was carried out: shown below",
    armTrading: "shown below",
  };

  test("the same request gets its first answer again, another one under its key is refused", async () => {
    const listed = await each(changes, async ({ operationId }) => operationId in TWO_BODIES);
    expect(listed, "a new operation needs its line in the table").toEqual(all(listed, true));
    for (const { operationId, method, path } of api.operations.filter(changes)) {
      const bodies = TWO_BODIES[operationId]!;
      if (typeof bodies === "string") continue;
      const headers = { ...api.as("admin"), ...JSON_TYPE, "idempotency-key": `key-of-${operationId}` };
      const address = addressOf(path, { id: incident, name: "backtest.admission" });
      const ask = (body: object) => api.send(method, address, { headers, body: JSON.stringify(body) });
      const first = await ask(bodies[0]);
      expect([operationId, first.status < 300, first.text], first.text).toEqual([operationId, true, first.text]);
      const again = await ask(bodies[0]);
      expect([again.status, again.text, again.headers["idempotency-replayed"]]).toEqual([
        first.status,
        first.text,
        "true",
      ]);
      expect([operationId, codeOf(await ask(bodies[1]))]).toEqual([operationId, "IDEMPOTENCY_REUSED"]);
    }
  });

  test("another document of mutations under a used key is refused, whatever its fields are called", async () => {
    const headers = { ...api.as("admin"), ...JSON_TYPE, "idempotency-key": "document" };
    const note = (alias: string) =>
      api.send("POST", "/graphql", {
        headers,
        body: JSON.stringify({
          query: `mutation { ${alias}: noteIncident(id: "${incident}", input: { text: "${alias}" }) { state } }`,
        }),
      });
    const first = await note("one");
    expect([first.status, JSON.parse(first.text)]).toEqual([200, { data: { one: { state: expect.any(String) } } }]);
    expect((await note("one")).text).toBe(first.text);
    expect(await note("two")).toMatchObject({ status: 409, text: expect.stringContaining("IDEMPOTENCY_REUSED") });
  });

  test("bytes that are others than the address says are refused", async () => {
    const headers = { ...api.as("admin"), "content-type": "application/octet-stream", "idempotency-key": "bars" };
    const body = new Uint8Array(96);
    const hash = createHash("sha256").update("others").digest("hex");
    expect(codeOf(await api.send("PUT", `/v1/bars/${hash}`, { headers, body }))).toBe("BARS_HASH");
  });

  test("KS-20 a repeated kill is the same kill; another one under its key is refused as a repetition, and carried out", async () => {
    const headers = { ...api.as("operator"), ...JSON_TYPE, "idempotency-key": "kill" };
    const kill = async (scope: string, more: object = {}) => {
      const body = JSON.stringify({ scope, reason: "test", ackTimeoutMs: 0, ...more });
      const { status, text } = await api.send("POST", "/v1/kill-switch", { headers, body });
      return { status, answer: JSON.parse(text) };
    };
    const levels = async () => {
      const rows = await api.stack.sql.query<{ scope: string; level: string }>(
        "SELECT scope, level FROM trading_level",
      );
      return Object.fromEntries(rows.map(({ scope, level }) => [scope, level]));
    };
    const first = await kill("strategy:one");
    expect(first.status).toBeLessThan(300);
    const again = await kill("strategy:one");
    expect([again.status, again.answer.epoch]).toEqual([first.status, first.answer.epoch]);
    const other = await kill("strategy:two");
    expect(other).toMatchObject({
      status: 409,
      answer: {
        code: "IDEMPOTENCY_REUSED",
        report: { scope: "strategy:two", level: "BLOCK", stores: expect.any(Array) },
      },
    });
    expect(other.answer.report.epoch).toBe(first.answer.epoch + 1);
    const weaker = await kill("strategy:one", { level: "REDUCE_ONLY" });
    expect(weaker).toMatchObject({ status: 409, answer: { code: "IDEMPOTENCY_REUSED" } });
    expect(await levels()).toMatchObject({ "strategy:one": "BLOCK", "strategy:two": "BLOCK" });
  });

  test("KS-20 a database that stands still holds up neither a kill with a key nor a token that was good lately", async () => {
    api.stack.postgres.stall();
    const headers = { ...api.as("operator"), ...JSON_TYPE, "idempotency-key": "kill in an outage" };
    const body = JSON.stringify({ scope: "strategy:away", reason: "test", ackTimeoutMs: 0 });
    const { status, text } = await api.send("POST", "/v1/kill-switch", { headers, body });
    api.stack.postgres.resume();
    expect([status, JSON.parse(text).stores]).toEqual([
      202,
      expect.arrayContaining([expect.objectContaining({ store: "file", accepted: true })]),
    ]);
  });

  test("an arm under a key that was used for another is refused", async () => {
    const headers = { ...api.as("risk"), ...JSON_TYPE, "idempotency-key": "arm" };
    const arm = (scope: string) =>
      api.send("POST", "/v1/kill-switch/arm", { headers, body: JSON.stringify({ scope, reason: "test over" }) });
    const first = await arm("strategy:one");
    expect(first.status, first.text).toBeLessThan(300);
    expect((await arm("strategy:one")).text).toBe(first.text);
    expect(codeOf(await arm("strategy:two"))).toBe("IDEMPOTENCY_REUSED");
  });
});
