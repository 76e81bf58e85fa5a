import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadConfig } from "../../src/runtime/config.ts";
import { restrictedInstruments } from "../../src/runtime/partitions.ts";

const home = mkdtempSync(join(tmpdir(), "ttt-restricted-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("RC-11 the do-not-trade list is a setting, and a name that would restrict nothing is refused", async () => {
  const restricted = async (listed: string) =>
    restrictedInstruments(
      await loadConfig({ TTT_HOME: home, TTT_PAPER_INSTRUMENTS: "BTC-USD,ETH-USD", TTT_TRADING_RESTRICTED: listed }),
    );
  expect([...(await restricted(""))]).toEqual([]);
  expect([...(await restricted("ETH-USD, BTC-USD"))]).toEqual(["ETH-USD", "BTC-USD"]);
  await expect(restricted("ETHUSD")).rejects.toMatchObject({
    details: { exit: "configuration", code: "RESTRICTED_INVALID", found: "ETHUSD" },
  });
});
