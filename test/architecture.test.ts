import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findViolations, type SourceFile } from "./support/architecture.ts";

const root = join(import.meta.dirname, "..");

function sources(): SourceFile[] {
  return globSync("{src,commands,daemons}/**/*.{ts,tsx}", { cwd: root }).map((path) => ({
    path,
    text: readFileSync(join(root, path), "utf8"),
  }));
}

const seed = (path: string, text: string): SourceFile[] => [...sources(), { path, text }];

describe("architecture", () => {
  test("the code keeps the import table, has no circle and no hidden time, chance, environment or exit", () => {
    expect(findViolations(sources())).toEqual([]);
  });

  test.each([
    ["a pure module that imports an adapter", "src/trading/seeded.ts", 'import "../adapters/system/system-clock.ts";'],
    ["core that imports trading", "src/core/seeded.ts", 'import "../trading/level.ts";'],
    ["backtest that imports live", "src/backtest/seeded.ts", 'import "../live/session.ts";'],
    ["an action that imports an adapter", "src/actions/seeded.ts", 'import "../adapters/system/system-clock.ts";'],
    ["a driver outside adapters", "src/actions/seeded.ts", 'import pg from "pg";'],
    ["a driver loaded late", "src/actions/seeded.ts", 'await import("ioredis");'],
    ["Node's file system in a pure module", "src/ops/seeded.ts", 'import "node:fs";'],
    ["react outside the console", "commands/seeded.ts", 'import "react";'],
    ["something that imports a command", "src/cli/seeded.ts", 'import "../../commands/explain.ts";'],
    ["hidden time", "src/actions/seeded.ts", "export const at = Date.now();"],
    ["a hidden date", "src/actions/seeded.ts", "export const at = new Date();"],
    ["hidden chance", "src/live/seeded.ts", "export const luck = Math.random();"],
    ["a hidden timer", "src/console/seeded.ts", "setTimeout(() => {}, 1);"],
    ["hidden environment", "commands/seeded.ts", "export const home = process.env.HOME;"],
    ["a way to a venue past the gate", "src/adapters/venues/seeded.ts", 'import { connect } from "node:net";'],
    ["a venue library outside the egress", "src/adapters/market-data/seeded.ts", 'await import("ccxt");'],
    ["a hidden exit", "daemons/worker/seeded.ts", "process.exit(1);"],
  ])("catches %s", (_kind, path, text) => {
    expect(findViolations(seed(path, text)).filter((violation) => violation.startsWith(path))).toHaveLength(1);
  });

  test("catches a circle", () => {
    const circle = [
      { path: "src/core/one.ts", text: 'import { two } from "./two.ts"; export const one = () => two;' },
      { path: "src/core/two.ts", text: 'import { one } from "./one.ts"; export const two = () => one;' },
    ];
    expect(findViolations(circle)).toEqual(["circle: src/core/one.ts -> src/core/two.ts -> src/core/one.ts"]);
  });
});
