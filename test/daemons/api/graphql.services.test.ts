import { createClient } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MOST_DEPTH, MOST_ROOT_FIELDS } from "../../../daemons/api/graphql/document-limits.ts";
import { hashOfBars } from "../../../src/adapters/files/bar-hash.ts";
import { OWNER_TOKEN, startApi, type TestApi } from "../../support/api.ts";
import { startBacktester, type TestBacktester } from "../../support/backtester.ts";
import { livelyBars } from "../../support/market-bars.ts";
import { migratedDatabase } from "../../support/servers/shared.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

interface Result {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: string[]; readonly extensions?: object }[];
}

const columns = livelyBars(500);
const ref = `sha256:${hashOfBars(columns)}`;
const SUBMIT = `mutation ($input: SubmitBacktestInput!) { submitBacktest(input: $input) { id state submittedBy } }`;

describe("OA-01 GraphQL", () => {
  let database: string;
  let api: TestApi;
  let backtester: TestBacktester;
  let viewer: Record<string, string>;

  beforeAll(async () => {
    database = await migratedDatabase();
    api = await startApi(database);
    backtester = await startBacktester(database);
    await api.vault.put(hashOfBars(columns), { columns, name: "test" });
    const made = await api.tokens.create({ name: "viewer", role: "viewer", createdBy: "test", lifeMs: 3_600_000 });
    viewer = { authorization: `Bearer ${made!.token}` };
  });
  afterAll(async () => {
    await backtester.close();
    await api.close();
  });

  const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}) => {
    const answer = await api.post("/graphql", { query, variables }, headers);
    return { status: answer.status, ...((await answer.json()) as Result) };
  };
  const codes = ({ errors = [] }: Result) =>
    errors.map(({ extensions = {} }) => "code" in extensions && extensions.code);

  test("a backtest is submitted, followed to its end by a subscription, and its report read", async () => {
    const input = { strategy: "sma-cross", data: [{ ref, symbol: "BTC" }], params: { fast: 5, slow: 20 } };
    const submitted = await ask(SUBMIT, { input });
    expect(submitted.data).toMatchObject({ submitBacktest: { submittedBy: "owner" } });
    const id = String(Object(submitted.data?.submitBacktest).id);
    const client = createClient({
      url: `${api.url}/graphql`,
      headers: { authorization: `Bearer ${OWNER_TOKEN}` },
      retryAttempts: 0,
    });
    const states: unknown[] = [];
    const changes = client.iterate({
      query: `subscription ($id: String!) { backtest(id: $id) { state } }`,
      variables: { id },
    });
    for await (const one of changes) states.push((one.data as { backtest: { state: string } }).backtest.state);
    expect(states.at(-1)).toBe("succeeded");
    const read = await ask(
      `query ($id: String!) {
        one: readBacktest(id: $id) { state progress links { report } }
        report: readBacktestReport(id: $id)
        listBacktests(state: "succeeded", limit: 5) { backtests { id } }
      }`,
      { id },
    );
    const report = await (await api.request(`/api/backtest/${id}/report`)).json();
    expect(read.errors).toBeUndefined();
    expect(read.data).toEqual({
      one: { state: "succeeded", progress: 1, links: { report: `/api/backtest/${id}/report` } },
      report,
      listBacktests: { backtests: [{ id }] },
    });
  });

  test("events are subscribed to by server-sent events, from a number on", async () => {
    const after = api.hub.last;
    for (let i = 0; i < 3; i++) await api.events.append("kill", "test.happened", { i });
    const client = createClient({ url: `${api.url}/graphql`, headers: { authorization: `Bearer ${OWNER_TOKEN}` } });
    const query = `subscription { events(streams: ["kill"], after: ${after}) { seq type body } }`;
    const bodies: unknown[] = [];
    for await (const { data } of client.iterate({ query })) {
      bodies.push((data as { events: { body: unknown } }).events.body);
      if (bodies.length === 3) break;
    }
    expect(bodies).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }]);
    await until("the reader that left to be forgotten", () => api.hub.listeners === 0);
  });

  test("OA-01 a subscription to a stream that there is not is refused", async () => {
    const client = createClient({ url: `${api.url}/graphql`, headers: { authorization: `Bearer ${OWNER_TOKEN}` } });
    const query = `subscription { events(streams: ["kill", "nope"]) { seq } }`;
    const { value } = await client.iterate({ query }).next();
    expect(value.errors).toMatchObject([{ extensions: { status: 400, code: "STREAM_UNKNOWN", found: "nope" } }]);
  });

  test("OA-03 each field asks for its route's role", async () => {
    const query = `{ listBacktests { backtests { id } } }`;
    expect((await ask(query, {}, viewer)).errors).toBeUndefined();
    const refused = await ask(SUBMIT, { input: { strategy: "sma-cross", data: ref } }, viewer);
    expect(codes(refused)).toEqual(["ROLE_TOO_WEAK"]);
    expect((await api.post("/graphql", { query }, { authorization: "Bearer wrong" })).status).toBe(401);
  });

  test("only those who may change something may ask for the schema", async () => {
    const query = `{ __schema { types { name } } }`;
    const known = (await ask(query)).data as { __schema: { types: { name: string }[] } };
    expect(known.__schema.types.map(({ name }) => name)).toEqual(expect.arrayContaining(["Backtest", "Event"]));
    expect(await ask(query, {}, viewer)).toMatchObject({ status: 400, errors: [{}, {}] });
    expect((await api.request("/graphql", { headers: viewer })).status).toBe(403);
    expect(await (await api.request("/graphql")).text()).toContain(
      "submitBacktest(priority: Int, input: SubmitBacktestInput!)",
    );
    expect((await ask(`{ listBacktests { __typename } }`, {}, viewer)).errors).toBeUndefined();
  });

  test("errors are the problems of the routes", async () => {
    const unknown = await ask(`{ readBacktest(id: "job-0123456789abcdef") { id } }`);
    expect(unknown.errors?.[0]).toMatchObject({
      path: ["readBacktest"],
      extensions: { code: "BACKTEST_UNKNOWN", exit: "notFound", status: 404 },
    });
    const invalid = await ask(`{ readBacktest(id: "../etc") { id } }`);
    expect(invalid.errors?.[0]?.extensions).toMatchObject({ code: "REQUEST_INVALID", errors: [{ at: "path.id" }] });
    const sent = await ask(SUBMIT, { input: { strategy: "x", source: "export default 1", data: ref } });
    expect(codes(sent)).toEqual(["STRATEGY_SENT"]);
  });

  test.each([
    ["nothing of a document", "{"],
    ["a field that there is not", "{ nothing }"],
    ["an operation that there is not", "fragment A on Query { __typename }"],
    ["a circle of fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"],
    [
      "too many operations",
      `{ ${Array.from({ length: MOST_ROOT_FIELDS + 1 }, (_, i) => `a${i}: listBacktests { backtests { id } }`).join(" ")} }`,
    ],
    ["fragments that multiply", multiplying(12)],
    ["depth", `{ listBacktests ${"{ backtests ".repeat(MOST_DEPTH)}{ id }${" }".repeat(MOST_DEPTH)} }`],
    ["more words than anybody writes", `{ ${"__typename ".repeat(5_000)} }`],
  ])("%s is refused before any of it is done", async (_what, query) => {
    const refused = await ask(query);
    expect(refused.status).toBe(400);
    expect(refused.errors?.length).toBeGreaterThan(0);
    expect(refused.data).toBeUndefined();
  });

  test("OA-04 a repeated mutation gives the first answer; another one under the same key is refused", async () => {
    const headers = { "idempotency-key": "one" };
    const input = { strategy: "sma-cross", data: ref, params: { fast: 3 } };
    const first = await ask(SUBMIT, { input }, headers);
    expect(await ask(SUBMIT, { input }, headers)).toEqual(first);
    const other = await ask(SUBMIT, { input: { ...input, params: { fast: 4 } } }, headers);
    expect(other).toMatchObject({ status: 409, code: "IDEMPOTENCY_REUSED" });
  });

  test("every field counts as a request", async () => {
    const strict = await startApi(database, { clock: new VirtualClock() });
    const query = `mutation { ${Array.from({ length: 20 }, (_, i) => `c${i}: cancelBacktest(id: "job-0123456789abcdef") { id }`).join(" ")} }`;
    const all: unknown[] = [];
    for (let i = 0; i < 6; i++) all.push(...codes((await (await strict.post("/graphql", { query })).json()) as Result));
    expect(all.slice(0, 100)).toEqual(Array(100).fill("BACKTEST_UNKNOWN"));
    expect(all.slice(100)).toEqual(Array(20).fill("TOO_MANY_REQUESTS"));
    await strict.close();
  });

  test("every route that answers JSON to a caller is a field, and so will the next one be", async () => {
    const sdl = await (await api.request("/graphql")).text();
    const paths = Object.values(api.document.paths as Record<string, Record<string, Operation>>);
    const wanted = paths.flatMap((methods) => Object.values(methods).filter(answersJson));
    const missing = wanted.filter(({ operationId }) => !new RegExp(`^  ${operationId}\\b`, "m").test(sdl));
    expect(missing.map(({ operationId }) => operationId)).toEqual([]);
    expect(wanted.length).toBeGreaterThan(10);
  });
});

interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** Takes and gives JSON, for callers with a token. */
function answersJson({ security, requestBody, responses }: Operation): boolean {
  const good = Object.entries(responses).find(([status]) => Number(status) < 300)?.[1];
  const takes = requestBody === undefined || "application/json" in requestBody.content;
  return security === undefined && takes && good?.content !== undefined && "application/json" in good.content;
}

/** Each fragment spreads the next twice: 2 to the power of `levels` fields from a few lines. */
function multiplying(levels: number): string {
  const fragments = Array.from({ length: levels }, (_, i) => {
    const inner = i + 1 === levels ? "a: __typename" : `...F${i + 1} ... on Query { ...F${i + 1} }`;
    return `fragment F${i} on Query { ${inner} }`;
  });
  return `{ ...F0 } ${fragments.join(" ")}`;
}
