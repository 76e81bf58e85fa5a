import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { FAULTS } from "./faults.ts";

/** Each deliberate fault is found within so many seeds. */
const WITHIN_SEEDS = 400;

const run = promisify(execFile);
const main = join(import.meta.dirname, "main.ts");

describe("a deliberate fault is found", () => {
  // In a process of its own, because the faults are planted while the code is loaded.
  test.for(Object.entries(FAULTS))("%s: %s", { timeout: 120_000 }, async ([fault]) => {
    const { code, stdout } = await simulate("--fault", fault, "--seeds", String(WITHIN_SEEDS));
    expect(code, stdout).toBe(1);
    const seed = /--seed (\d+)/.exec(stdout)?.[1];
    const again = await simulate("--fault", fault, "--seed", seed!, "--lines", "0");
    expect(again.stdout, "the seed reproduces it").toContain(stdout.split("\n")[0]!.replace(/^seed \d+: /, ""));
    expect(again.stdout).not.toContain("NOT DETERMINISTIC");
  });
});

async function simulate(...args: string[]): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await run(process.execPath, [main, ...args]);
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, stdout };
  }
}
