import { expect, test } from "vitest";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { openExchangeVenue } from "../../src/runtime/exchange-venue.ts";

test.each([undefined, "true", "binance"])("real money is not traded with TTT_CONFIRM_LIVE %s", async (confirmed) => {
  const options = {
    exchange: "binanceusdm",
    live: true,
    timeoutMs: 1_000,
    clock: systemClock,
    symbols: new Map(),
    strategyOf: () => undefined,
    pollMs: 1_000,
  };
  await expect(openExchangeVenue(options, { TTT_CONFIRM_LIVE: confirmed })).rejects.toMatchObject({
    details: { code: "LIVE_UNCONFIRMED" },
  });
});
