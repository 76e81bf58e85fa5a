import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { livelyBars } from "../support/market-bars.ts";
import { type ReceivedSpan, startOtlpReceiver } from "../support/otlp-receiver.ts";
import { emptyDatabase, redisDatabase, virtualHost } from "../support/servers/shared.ts";
import { tttInOwnHome } from "../support/ttt.ts";
import { until } from "../support/until.ts";

let receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;
let stack: ReturnType<typeof tttInOwnHome>;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  stack = tttInOwnHome({
    DATABASE_URL: await emptyDatabase(),
    REDIS_URL: await redisDatabase(),
    AMQP_URL: await virtualHost(),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  const up = await stack.ttt("up", "--json");
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
});
afterAll(async () => {
  await stack?.remove();
  receiver?.close();
});

/** The names on the way from a span up to the root of its trace. Each process sends when it likes: all are waited for. */
async function ancestry(found: ReceivedSpan): Promise<string[]> {
  const name = `${found.service}: ${found.name}`;
  if (!found.parentSpanId) return [name];
  const parent = await until(`the parent of the span ${name}`, () =>
    receiver.spans.find(({ spanId }) => spanId === found.parentSpanId),
  );
  return [...(await ancestry(parent)), name];
}
const arrives = (service: string, name: RegExp, within?: string) =>
  until(`a span ${name} of ${service}`, () =>
    receiver.spans.find((one) => one.service === service && name.test(one.name) && (!within || one.traceId === within)),
  );

test("OB-03 one trace from the command line through API, queue and backtester to the database", async () => {
  const bars = join(stack.folder, "BTC.csv");
  await fileBarFiles.write(bars, livelyBars(2_000));
  const run = await stack.ttt("backtest", "run", "sma-cross", "--data", bars, "--remote", "--json");
  expect(run.exitCode, run.stderr).toBe(0);

  const { traceId } = await arrives("ttt", /^ttt backtest run$/);
  const ring = await arrives("api", /^rabbitmq ring$/, traceId);
  const job = await arrives("backtester", /^job backtest$/, traceId);
  const insert = await arrives("backtester", /^postgres INSERT$/, traceId);
  expect(await ancestry(ring)).toEqual([
    "ttt: ttt backtest run",
    "ttt: POST /api/backtest",
    "api: POST request",
    "api: rabbitmq ring",
  ]);
  expect((await ancestry(job)).slice(0, 3)).toEqual([
    "ttt: ttt backtest run",
    "ttt: POST /api/backtest",
    "api: POST request",
  ]);
  expect(await ancestry(insert)).toContain("backtester: job backtest");
  expect(insert.attributes["db.query.text"]).toMatch(/^INSERT INTO job_document/);
});

test("OB-04 ttt trace shows it as a tree, from the daemons themselves", async () => {
  const { traceId } = await arrives("ttt", /^ttt backtest run$/);
  const { data } = (await stack.ttt("trace", traceId, "--json")).json();
  const shown = data.spans.map(
    ({ service, name, depth }: { service: string; name: string; depth: number }) => `${depth} ${service} ${name}`,
  );
  // The command that began it has ended: its own spans are only with the collector.
  expect(shown).toContain("0 api POST request");
  expect(shown).toContain("1 backtester-1 job backtest");
  const text = (await stack.ttt("trace", traceId)).stdout;
  expect(text).toMatch(new RegExp(`^trace ${traceId}, \\d+ spans in `));
  expect(text).toMatch(/█/);
  expect((await stack.ttt("trace", "f".repeat(32))).exitCode).toBe(12);
  expect((await stack.ttt("trace", "nonsense")).exitCode).toBe(2);
});

test("OB-03 one trace from a worker's decision through its commit to the venue", async () => {
  const taken = await arrives("paper-venue", /^take order$/);
  expect(await ancestry(taken)).toEqual(["worker: trade turn", "worker: submit order", "paper-venue: take order"]);
  const commit = await arrives("worker", /^postgres /, taken.traceId);
  expect((await ancestry(commit))[0]).toBe("worker: trade turn");
});

test("OB-03 a kill is one trace from the command line into store and worker", async () => {
  const kill = await stack.ttt("kill", "--reason", "drill", "--json");
  expect(kill.exitCode, kill.stderr).toBe(0);
  const { traceId } = await arrives("ttt", /^ttt kill$/);
  await arrives("ttt", /^postgres /, traceId);
  await arrives("worker", /^control /, traceId);
});

test("OB-03 nothing of OpenTelemetry is loaded when it is not asked for", async () => {
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) { if (name.includes("opentelemetry")) console.error("loaded " + name); return next(name, context); } });`;
  const root = join(import.meta.dirname, "..", "..");
  const run = (env: Record<string, string>) =>
    execa(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, join(root, "bin", "run.js"), "explain", "exit"],
      {
        env,
      },
    );
  expect((await run({})).stderr).toBe("");
  expect((await run({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })).stderr).toContain(
    "loaded @opentelemetry/sdk-trace",
  );
});
