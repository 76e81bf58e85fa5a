import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { generateSource } from "oazapfts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { hashOfBars } from "../../../src/adapters/files/bar-hash.ts";
import { postgresBarVault } from "../../../src/adapters/postgres/postgres-bar-vault.ts";
import { ROLES } from "../../../src/ops/role.ts";
import { ApiDaemon, addressOf, type DocumentedOperation } from "../../support/api-daemon.ts";
import { clientSource } from "../../support/client-source.ts";
import { fitting, hostileValue, mutated } from "../../support/json-schema-values.ts";
import { livelyBars } from "../../support/market-bars.ts";
import { until } from "../../support/until.ts";

const generated = join(import.meta.dirname, "../../../node_modules/.cache/ttt-test/generated-client");

describe("OA-02 the OpenAPI document", () => {
  let api: ApiDaemon;
  beforeAll(async () => {
    api = await ApiDaemon.start();
    await api.stack.sql.query("SELECT trading_level_found('RUN', 'test', 'test')");
    await api.stack.start("backtester-1");
  });
  afterAll(async () => {
    await api.close();
    rmSync(generated, { recursive: true, force: true });
  });

  test("OA-02 ttt/client is what a public generator makes of this very document", async () => {
    const source = await clientSource(api.document);
    // Out of date: vitest run -u on this file writes it anew.
    await expect(source).toMatchFileSnapshot("../../../src/adapters/http/client/operations.ts");
  });

  test("a client that a public generator makes of it runs a backtest, follows its progress and reads its report", async () => {
    const columns = livelyBars(2_000);
    const hash = hashOfBars(columns);
    await postgresBarVault(api.stack.sql).put(hash, { columns, name: "test" });
    mkdirSync(generated, { recursive: true });
    writeFileSync(join(generated, "openapi.json"), JSON.stringify(api.document));
    const source = await generateSource(join(generated, "openapi.json"));
    writeFileSync(join(generated, "client.ts"), source);
    const client = await import(pathToFileURL(join(generated, "client.ts")).href);
    client.defaults.baseUrl = api.url;
    client.defaults.headers = api.as("operator");

    const input = {
      strategy: "sma-cross",
      data: [{ ref: `sha256:${hash}`, symbol: "BTC" }],
      params: { fast: 5, slow: 20 },
    };
    const submitted = await client.submitBacktest(input);
    expect(submitted.status).toBe(202);
    const { id } = submitted.data;
    const followed = await client.followBacktest(id);
    const states = [...String(followed.data).matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!).state);
    expect(states.at(-1)).toBe("succeeded");
    const report = await client.readBacktestReport(id);
    expect(report).toMatchObject({ status: 200, data: { strategy: "sma-cross", params: { fast: 5, slow: 20 } } });
    expect(report.data.trades.length).toBeGreaterThan(5);
    const refused = await client.readBacktest("job-0123456789abcdef");
    expect(refused).toMatchObject({ status: 404, data: { code: "BACKTEST_UNKNOWN" } });
  });

  test("OA-01 without its tables the API and the backtester are degraded and say why, also from their start, and heal when they are back", async () => {
    const { stack } = api;
    const both = ["api", "backtester-1"] as const;
    const troubles = () =>
      Promise.all(both.map(async (one) => ((await stack.call(one, "status")) as { trouble: string }).trouble));
    const readiness = async () => (await api.send("GET", "/readyz")).status;
    const jobs = () => api.send("GET", "/api/backtest", { headers: api.as("admin") });
    await stack.sql.query("ALTER SCHEMA public RENAME TO elsewhere");
    const named = /postgres: .*no table .*job/;
    await until("both to say why", async () => (await troubles()).every((one) => named.test(one)));
    expect(await readiness()).toBe(503);
    expect(await jobs()).toMatchObject({ status: 503, text: expect.stringContaining("POSTGRES_OUTAGE") });
    const isUp = () => both.map((one) => stack.process(one).exitCode);
    expect(isUp()).toEqual([null, null]);
    // A start without tables is no other case than their loss: neither ends, to be started again and again.
    for (const one of both) {
      await stack.signal(one, "SIGTERM");
      await stack.start(one);
    }
    await until("the new ones to say why too", async () => (await troubles()).every((one) => named.test(one)));
    await stack.sql.query("ALTER SCHEMA elsewhere RENAME TO public");
    await until("both to be well", async () => (await troubles()).every((one) => one === ""));
    expect(await readiness()).toBe(200);
    expect((await jobs()).status).toBe(200);
    expect(isUp()).toEqual([null, null]);
  });

  test("whatever is asked, no answer is a defect, and none is outside of the document", async () => {
    const checks = new Checks(api.schemas);
    // Whoever calls as several is not told to wait.
    const callers: { authorization: string }[] = [];
    for (let i = 0; i < 20; i++) {
      const made = await api.tokens.create({
        name: `caller-${i}`,
        role: ROLES.at(-1)!,
        createdBy: "test",
        lifeMs: 3_600_000,
      });
      callers.push({ authorization: `Bearer ${made!.token}` });
    }
    const wrong: unknown[] = [];
    const seen = new Map<string, number>();
    let turn = 0;
    for (const one of api.operations) {
      const before = wrong.length;
      await fc
        .assert(
          fc.asyncProperty(requestsOf(one, api.schemas), async ({ address, body }) => {
            const headers = { ...callers[turn++ % callers.length], ...(body && { "content-type": typeOf(one) }) };
            const answer = await api.send(one.method, address, { headers, ...(body && { body }) });
            const complaint = checks.complaint(one, answer);
            seen.set(`${one.operationId} ${answer.status}`, (seen.get(`${one.operationId} ${answer.status}`) ?? 0) + 1);
            if (complaint !== undefined) {
              wrong.push({ operation: one.operationId, address, body, complaint, text: answer.text.slice(0, 300) });
              throw new Error(complaint);
            }
          }),
          { numRuns: RUNS, seed: 7, endOnFailure: true },
        )
        .catch((error: unknown) => {
          // The other operations are looked at too.
          if (wrong.length === before) throw error;
        });
    }
    expect(wrong).toEqual([]);
    const succeeded = [...seen.keys()].filter((key) => / 2\d\d$/.test(key)).length;
    expect(succeeded, "enough of it got through to the work itself").toBeGreaterThan(12);
  });
});

const RUNS = 20;

const typeOf = ({ requestBody }: DocumentedOperation): string => Object.keys(requestBody?.content ?? {})[0] ?? "";

/** Requests as the document says them, nearly so, and not at all. */
function requestsOf(one: DocumentedOperation, schemas: Record<string, unknown>) {
  const { parameters, path } = one;
  const schema = one.requestBody?.content["application/json"]?.schema;
  const params = Object.fromEntries(
    parameters
      .filter((each) => each.in !== "header")
      .map((each): [string, fc.Arbitrary<unknown>] => [
        each.name,
        fc.oneof({ weight: 3, arbitrary: fitting(each.schema, schemas) }, { weight: 1, arbitrary: hostileValue }),
      ]),
  );
  const required = parameters.filter((each) => each.required).map(({ name }) => name);
  const good = schema ? fitting(schema, schemas) : fc.constant(undefined);
  const body = schema ? fc.oneof(good, good.chain(mutated), hostileValue) : fc.constant(undefined);
  return fc
    .record({ params: fc.record(params, { requiredKeys: required }), body })
    .map(({ params: values, body: sent }) => {
      const query = parameters
        .filter((each) => each.in === "query" && values[each.name] !== undefined)
        .map(({ name }) => `${name}=${encoded(values[name])}`);
      const address = addressOf(
        path,
        Object.fromEntries(Object.entries(values).map(([key, value]) => [key, wellFormed(value)])),
      );
      return {
        address: query.length > 0 ? `${address}?${query.join("&")}` : address,
        body: sent === undefined ? undefined : JSON.stringify(quick(one, sent)),
      };
    });
}

const wellFormed = (value: unknown): string =>
  String(typeof value === "object" ? JSON.stringify(value) : value).toWellFormed();
const encoded = (value: unknown): string => encodeURIComponent(wellFormed(value));

/** The kill switch waits for acknowledgements as long as it is told to: here there is nobody to wait for. */
function quick({ operationId }: DocumentedOperation, body: unknown): unknown {
  const isKill =
    operationId === "engageKillSwitch" && typeof body === "object" && body !== null && !Array.isArray(body);
  return isKill ? { ...body, ackTimeoutMs: 0, actionTimeoutMs: 1_000, cancel: false, flatten: false } : body;
}

/** Says what is wrong with an answer, by the document alone. */
class Checks {
  readonly #schemas: Record<string, unknown>;

  constructor(schemas: Record<string, unknown>) {
    this.#schemas = schemas;
  }

  complaint({ responses }: DocumentedOperation, answer: Awaited<ReturnType<ApiDaemon["send"]>>): string | undefined {
    const { status, headers, text } = answer;
    // What the API depends on here runs; only the supervisor does not, which 503 says.
    if (
      status >= 500 &&
      !(status === 503 && /NOT_RUNNING|CONTROL_ABSENT|API_READ_ONLY|BACKTESTS_CLOSED|"verdict"/.test(text))
    )
      return `status ${status}`;
    const documented = responses[String(status)];
    if (!documented) return `status ${status} is not documented`;
    const type = String(headers["content-type"] ?? "").split(";")[0]!;
    if (text === "" && documented.content === undefined) return undefined;
    const [, content] = Object.entries(documented.content ?? {}).find(([name]) => name.split(";")[0] === type) ?? [];
    if (!content) return `content type ${type} of ${status} is not documented`;
    if (!type.includes("json") || !content.schema) return undefined;
    const parsed = z
      .fromJSONSchema({ ...local(content.schema), $defs: local(this.#schemas) } as Parameters<
        typeof z.fromJSONSchema
      >[0])
      .safeParse(JSON.parse(text));
    return parsed.success ? undefined : `the body of ${status} does not fit: ${parsed.error.message.slice(0, 300)}`;
  }
}

/** References within one schema. */
const local = (schema: unknown): object =>
  JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/"));
