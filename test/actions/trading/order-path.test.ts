import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../../src/runtime/package-root.ts";
import { ORDER_PATH } from "../../support/order-path.ts";
import { outsideCalls, withNeighbours } from "../../support/outside-calls.ts";

const root = packageRoot();
const all = new Map(
  globSync(["src/**/*.ts", "daemons/worker/*.ts"], { cwd: root }).map((path) => [
    path,
    readFileSync(join(root, path), "utf8"),
  ]),
);
/** From the lease to the fill: who holds a partition, who keeps the permit, who confirms the level. */
const BEGINNINGS = [
  "src/actions/trading/hold-partition.ts",
  "src/actions/trading/keep-permit.ts",
  "daemons/worker/standing.ts",
];
/** What the files name a method of a port that is none: a getter, a callback, the log, the recorders in between. */
const INSIDE = /^(log|bar|book|denials|#bars|#others|#ledger|#outbound)\./;

test("OL-08 every way out of the files that carry orders is a place where a worker is killed, or is said to be none", () => {
  const files = withNeighbours(BEGINNINGS, all);
  expect(files.map(({ path }) => path)).toContain("src/actions/trading/outbound-orders.ts");
  const found = outsideCalls(files, all).filter((call) => !INSIDE.test(call));
  expect(found).toEqual(Object.keys(ORDER_PATH).sort());
});

test("a call that nobody has named is found", () => {
  const path = "src/actions/trading/load-past.ts";
  const more = "\nexport const more = (orders: OrderStore) => orders.recordProgress;\n";
  const seeded = new Map([...all, [path, `${all.get(path)}${more}`]]);
  const calls = (files: ReadonlyMap<string, string>) => outsideCalls([{ path, text: files.get(path)! }], files);
  expect(calls(all)).toContain("orders.load");
  expect(calls(seeded).filter((call) => !calls(all).includes(call))).toEqual(["orders.recordProgress"]);
});
