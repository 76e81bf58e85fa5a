// npm run bench [-- --json] [--only BP-01] [--long]: each bench in a process of its own, so that none meets the code that
// another made the compiler write.
import { execFileSync, spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Bench, Figure } from "./bench.ts";

const folder = import.meta.dirname;
const root = join(folder, "../..");
const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    long: { type: "boolean" },
    only: { type: "string" },
    child: { type: "string" },
  },
});

if (values.child !== undefined) await measureHere(values.child);
else await measureAll();

/** In the process of one bench: measures, and writes the figures as the last line. */
async function measureHere(id: string): Promise<void> {
  const bench = (await findBenches()).find((one) => one.id === id);
  const figures = await bench!.measure();
  console.log(JSON.stringify(figures));
}

async function measureAll(): Promise<void> {
  const benches = (await findBenches()).filter(({ id }) => values.only === undefined || id === values.only);
  if (benches.length === 0) throw new Error(`no bench ${values.only}`);
  const results: Figure[] = [];
  for (const { id, title } of benches) {
    if (!values.json) console.log(`${id}  ${title}`);
    const figures = runChild(id);
    results.push(...figures);
    if (!values.json) for (const figure of figures) console.log(`  ${describe(figure)}`);
  }
  if (values.json) console.log(JSON.stringify({ machine: machine(), versions: versions(), commit: commit(), results }));
  if (results.some(({ pass }) => !pass)) process.exitCode = 1;
}

async function findBenches(): Promise<Bench[]> {
  const files = globSync("{bp,oa}-*.ts", { cwd: folder }).sort();
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)));
  const benches = modules.flatMap((module): Bench[] => Object.values(module));
  return benches.sort((a, b) => a.id.localeCompare(b.id));
}

function runChild(id: string): Figure[] {
  const { status, stdout } = spawnSync(process.execPath, ["--expose-gc", join(folder, "main.ts"), "--child", id], {
    cwd: root,
    env: { ...process.env, ...(values.long && { TTT_BENCH_LONG: "1" }) },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${id} ended with ${status}`);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

function describe({ id, median, spread, unit, ratio, mark, pass, notes }: Figure): string {
  const extra = Object.entries(notes ?? {}).map(([key, value]) => `${key} ${value}`);
  const parts = [
    `${pass ? "✓" : "✗"} ${id}`,
    `${median.toPrecision(4)} ${unit} (± ${(50 * spread).toFixed(0)} %)`,
    `ratio ${ratio.toFixed(2)}, mark ${mark}`,
    ...extra,
  ];
  return parts.join("  ");
}

function machine() {
  return { cpu: cpus()[0]?.model.trim() ?? "unknown", cores: cpus().length, memoryBytes: totalmem() };
}

function versions() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return { ttt: version, node: process.versions.node, v8: process.versions.v8 };
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
