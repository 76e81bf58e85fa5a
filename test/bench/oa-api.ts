import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import autocannon from "autocannon";
import { type Bench, type Figure, median, spread } from "./bench.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "bin", "ttt");
const CONNECTIONS = 10;
const SECONDS = 2;
const REPETITIONS = 5;
/** `/healthz` beside a bare Express route, and an address that there is not, which passes through everything. */
const HEALTH_MARK = 0.8;
const UNKNOWN_MARK = 0.2;

/** Requests a second of the running API, each turn beside a bare Express route and a bare Fastify route. */
export const apiLoad: Bench = {
  id: "OA-01",
  title: "requests a second of the API, beside a bare Express route and a bare Fastify route",
  async measure() {
    if (!existsSync(join(root, "dist", "run.js")))
      spawnSync(process.execPath, ["build.ts"], { cwd: root, stdio: "ignore" });
    const home = mkdtempSync("/tmp/ttt-bench-");
    const env = { ...process.env, TTT_HOME: home, TTT_PAPER_BARS_PER_SECOND: "1" };
    run(["up", "--json"], env);
    const bare = [await startBare("express"), await startBare("fastify")];
    try {
      const { url } = JSON.parse(readFileSync(join(home, "run", "api.json"), "utf8")) as { url: string };
      const [express, fastify] = bare.map((one) => one.url);
      const figures: Figure[] = [];
      figures.push(...(await beside("OA-01 healthz", HEALTH_MARK, { ours: `${url}/healthz`, express, fastify })));
      // What every request pays around its work: an id, guards, headers, metrics, the log, a problem. What callers ask for
      // beyond that is held to so many a second for each, and cannot be loaded.
      figures.push(...(await beside("OA-01 unknown", UNKNOWN_MARK, { ours: `${url}/nothing`, express, fastify })));
      return figures;
    } finally {
      for (const one of bare) one.stop();
      run(["down", "--json"], env);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

interface Setting {
  readonly ours: string;
  readonly express: string | undefined;
  readonly fastify: string | undefined;
}

async function beside(id: string, mark: number, { ours, express, fastify }: Setting): Promise<Figure[]> {
  const rates = { ours: [] as number[], express: [] as number[], fastify: [] as number[] };
  for (let turn = -1; turn < REPETITIONS; turn++) {
    const [one, two, three] = [await rate(ours), await rate(express!), await rate(fastify!)];
    if (turn < 0) continue;
    rates.ours.push(one);
    rates.express.push(two);
    rates.fastify.push(three);
  }
  const figure = (other: "express" | "fastify", least: number): Figure => {
    const ratio = median(rates.ours.map((value, turn) => value / rates[other][turn]!));
    return {
      id: `${id} ${other}`,
      median: median(rates.ours),
      spread: spread(rates.ours),
      unit: "requests/s",
      ratio,
      mark: least,
      pass: ratio >= least,
      repetitions: REPETITIONS,
      notes: { [other]: Math.round(median(rates[other])) },
    };
  };
  // Fastify is faster than Express by itself: what it costs to be on Express is shown, and no mark.
  return [figure("express", mark), figure("fastify", 0)];
}

async function rate(url: string): Promise<number> {
  const { requests, errors } = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS });
  if (errors > 0) throw new Error(`${errors} errors of ${url}`);
  return requests.average;
}

const BARE = {
  express: `import express from "express"; const app = express();
    app.get("/", (request, response) => { response.json({ status: "ok" }); });
    const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));`,
  fastify: `import Fastify from "fastify"; const app = Fastify();
    app.get("/", async () => ({ status: "ok" }));
    await app.listen({ port: 0, host: "127.0.0.1" }); console.log(app.server.address().port);`,
};

/** A server with one route and nothing else, in a process of its own. */
async function startBare(kind: keyof typeof BARE): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", BARE[kind]], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  return { url: `http://127.0.0.1:${String(chunk).trim()}/`, stop: () => void child.kill() };
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(bin, [...args], { env, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`ttt ${args.join(" ")} ended with ${status}: ${stderr}`);
}
