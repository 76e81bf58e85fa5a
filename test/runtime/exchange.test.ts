import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stackServices } from "../../src/ops/stack.ts";
import { loadConfig } from "../../src/runtime/config.ts";
import { requireConfirmedMoney } from "../../src/runtime/exchange.ts";
import { partitionSpecs } from "../../src/runtime/partitions.ts";
import { stackShape } from "../../src/runtime/stack-shape.ts";
import { tradedVenue } from "../../src/runtime/traded-venue.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ttt-exchange-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const configOf = (env: Record<string, string>) => loadConfig({ TTT_HOME: home, TTT_VENUE_NAME: "ccxt", ...env });
const coded = (code: string) => expect.objectContaining({ details: expect.objectContaining({ code }) });

describe("an exchange as the venue", () => {
  test("is the exchange's test environment by default, and no paper venue runs", async () => {
    const config = await configOf({});
    expect(tradedVenue(config)).toMatchObject({ id: "binanceusdm-sandbox", currency: "USDT", isRealMoney: false });
    expect(stackServices(stackShape(config)).map(({ name }) => name)).not.toContain("paper-venue");
    requireConfirmedMoney(config, {});
  });

  test("what is traded in the test environment is never taken for what is traded with money, or on paper", async () => {
    const env = { TTT_TRADING_PARTITIONS: "sma-cross@BTC-USDT" };
    const ids = [];
    for (const live of ["no", "yes"]) ids.push(partitionSpecs(await configOf({ ...env, TTT_VENUE_LIVE: live }))[0]!.id);
    const paper = { ...env, TTT_VENUE_NAME: "paper", TTT_PAPER_INSTRUMENTS: "BTC-USDT" };
    ids.push(partitionSpecs(await configOf(paper))[0]!.id);
    expect(ids).toEqual([
      "sma-cross@BTC-USDT:main@binanceusdm-sandbox",
      "sma-cross@BTC-USDT:main@binanceusdm",
      "sma-cross@BTC-USDT:main",
    ]);
  });

  test.each([undefined, "true", "binance"])("real money is not traded with TTT_CONFIRM_LIVE %s", async (confirmed) => {
    const config = await configOf({ TTT_VENUE_LIVE: "yes" });
    expect(tradedVenue(config)).toMatchObject({ id: "binanceusdm", isRealMoney: true });
    const found = () => requireConfirmedMoney(config, { TTT_CONFIRM_LIVE: confirmed });
    expect(found).toThrow("Trading real money at binanceusdm is not confirmed.");
    requireConfirmedMoney(config, { TTT_CONFIRM_LIVE: "binanceusdm" });
  });

  test.each([
    ["steps that are missing", { TTT_VENUE_INSTRUMENTS: "BTC/USDT:USDT" }],
    ["a step of nothing", { TTT_VENUE_INSTRUMENTS: "BTC/USDT:USDT tick 0 lot 1" }],
    ["a contract that is settled in another currency", { TTT_VENUE_INSTRUMENTS: "BTC/USD:BTC tick 0.1 lot 1" }],
    ["two currencies", { TTT_VENUE_INSTRUMENTS: "BTC/USDT:USDT tick 1 lot 1; BTC/USDC:USDC tick 1 lot 1" }],
    ["an interval of nothing", { TTT_VENUE_INTERVAL: "soon" }],
  ])("%s is refused", async (_what, env) => {
    const config = await configOf(env);
    expect(() => tradedVenue(config)).toThrow(coded("CONFIG_INVALID"));
  });

  test("an exchange that is not known is refused by name, and so are two accounts with one key", async () => {
    const unknown = await configOf({ TTT_VENUE_EXCHANGE: "kraken" });
    expect(() => tradedVenue(unknown)).toThrow("kraken cannot be traded.");
    const two = await configOf({ TTT_TRADING_PARTITIONS: "sma-cross@BTC-USDT:a;rsi@BTC-USDT:b" });
    expect(() => partitionSpecs(two)).toThrow(coded("PARTITION_INVALID"));
  });
});
