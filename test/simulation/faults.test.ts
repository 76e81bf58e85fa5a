import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { FAULTS } from "./faults.ts";

/** Each deliberate fault is found within so many seeds. */
const WITHIN_SEEDS = 400;
/** Those that are looked for in the worker's own code as well, where a seed takes longer. */
const IN_WORKERS = ["gate-with-await", "retry-on-timeout", "side-without-quantity", "fills-by-count"];

const run = promisify(execFile);
const main = join(import.meta.dirname, "main.ts");

// In processes of their own, because faults are planted while the code is loaded.
describe("a deliberate fault is found, and its seed reproduces it", () => {
  test.for(Object.entries(FAULTS))("%s: %s", { timeout: 180_000 }, ([fault]) => find("--fault", fault));
});

describe("a deliberate fault is found in the worker's own code", () => {
  test.for(IN_WORKERS)("%s", { timeout: 180_000 }, (fault) => find("--workers", "--fault", fault));
});

async function find(...args: string[]): Promise<void> {
  const { code, stdout } = await simulate(...args, "--seeds", String(WITHIN_SEEDS));
  expect(code, stdout).toBe(1);
  const [, seed, violation] = /^seed (\d+): (.*)$/m.exec(stdout) ?? [];
  const again = await simulate(...args, "--seed", seed!, "--lines", "0");
  expect(again.stdout).toContain(violation);
  expect(again.stdout).not.toContain("NOT DETERMINISTIC");
}

async function simulate(...args: string[]): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await run(process.execPath, [main, ...args]);
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, stdout };
  }
}
