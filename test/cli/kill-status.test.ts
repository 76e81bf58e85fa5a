import { expect, test } from "vitest";
import type { KillStatus } from "../../src/actions/kill/read-kill-status.ts";
import { killStatusLines } from "../../src/cli/present/kill-status.ts";

const status: KillStatus = {
  ...{ level: "RUN", epoch: 9, stores: [], workers: [], missing: [], requests: [], next: [] },
  scopes: [
    { scope: "global", level: "RUN", since: 1 },
    { scope: "strategy:held", level: "BLOCK", since: 9 },
    { scope: "strategy:free", level: "RUN", since: 4 },
    { scope: "account:free", level: "RUN", since: 6 },
  ],
};

test("KS-03 the scopes that hold are shown; those that were armed again are only counted", () => {
  const lines = killStatusLines(status);
  expect(lines).toContain("  strategy:held: BLOCK since epoch 9");
  expect(lines).toContain("  2 other scopes at RUN");
  expect(lines.join("\n")).not.toContain("free");
});
