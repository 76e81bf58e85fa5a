import { describe, expect, test } from "vitest";
import { tradingView } from "../../../src/actions/desk/trading-view.ts";
import type { KillStatus } from "../../../src/actions/kill/read-kill-status.ts";
import type { DeskPosition, DeskReading } from "../../../src/ports/trading-desk.ts";

const place = { currency: "USD", venues: ["paper"] };

const position = (changes: Partial<DeskPosition> = {}): DeskPosition => ({
  instrument: "BTC-USD",
  venue: "paper",
  strategy: "sma-cross",
  quantity: "1.5",
  averagePrice: "100",
  realised: "10.10",
  commission: "0.20",
  ...changes,
});

const reading = (changes: Partial<DeskReading> = {}): DeskReading => ({
  epoch: 7,
  levels: [{ scope: "global", level: "RUN", epoch: 7, since: 1_000, by: "anna", reason: "start" }],
  workers: [],
  positions: [],
  orders: [],
  fills: [],
  denials: [],
  ...changes,
});

const status = (changes: Partial<KillStatus> = {}): KillStatus => ({
  level: "RUN",
  epoch: 7,
  scopes: [{ scope: "global", level: "RUN", since: 7 }],
  stores: [{ store: "postgres", says: "RUN at epoch 7" }],
  workers: [],
  missing: [],
  requests: [],
  next: [],
  ...changes,
});

describe("how trading stands", () => {
  test("a level comes with who set it and why", () => {
    expect(tradingView(reading(), status(), place)).toMatchObject({
      level: "RUN",
      by: "anna",
      reason: "start",
      epoch: 7,
    });
  });

  test("KS-06 a file that blocks is shown although the record says RUN", () => {
    const blocked = status({
      level: "BLOCK",
      scopes: [{ scope: "global", level: "BLOCK", since: 7 }],
      stores: [
        { store: "postgres", says: "RUN at epoch 7" },
        { store: "file", says: "global BLOCK" },
      ],
    });
    const view = tradingView(reading(), blocked, place);
    expect(view.level).toBe("BLOCK");
    expect(view.reason).toContain("file says global BLOCK");
    expect(view.by).toBeUndefined();
  });

  test("a store that does not answer is named", () => {
    const silent = status({
      level: "BLOCK",
      scopes: [{ scope: "global", level: "BLOCK", since: 7 }],
      missing: ["redis"],
    });
    expect(tradingView(reading(), silent, place).reason).toBe("no answer from redis");
  });

  test("OC-05 anything on a venue that is not the paper one makes it live", () => {
    expect(tradingView(reading({ positions: [position()] }), status(), place).environment).toBe("paper");
    expect(tradingView(reading({ positions: [position({ venue: "kraken" })] }), status(), place).environment).toBe(
      "live",
    );
    expect(tradingView(reading(), status(), { ...place, venues: ["paper", "kraken"] }).environment).toBe("live");
  });

  test("OC-05 an exchange's test environment is a sandbox, until anything of real money stands beside it", () => {
    const sandbox = { ...place, venues: ["kraken-sandbox"] };
    expect(tradingView(reading(), status(), sandbox).environment).toBe("sandbox");
    expect(tradingView(reading({ positions: [position()] }), status(), sandbox).environment).toBe("sandbox");
    const real = reading({ positions: [position({ venue: "kraken", quantity: "0" })] });
    expect(tradingView(real, status(), sandbox).environment).toBe("live");
  });

  test("OC-01 averages and open profit are shown without the noise of floating point", () => {
    const noisy = { averagePrice: "92.33999999999999", quantity: "2579", unrealised: "-386.84999999997420" };
    const endless = { averagePrice: "0.000012345678912345", quantity: "3", unrealised: "1234567.891" };
    const view = tradingView(reading({ positions: [position(noisy), position(endless)] }), status(), place);
    expect(view.positions.map(({ averagePrice, unrealised }) => [averagePrice, unrealised])).toEqual([
      ["92.34", "-386.85"],
      ["0.0000123456789", "1234567.89"],
    ]);
    expect(view.unrealised).toBe("1234181.04");
  });

  test("profit is exact, after commission, and flat positions count but are not listed", () => {
    const positions = [
      position(),
      position({ instrument: "ETH-USD", quantity: "0", realised: "0.1", commission: "0.3" }),
    ];
    const view = tradingView(reading({ positions }), status(), place);
    expect(view.profit).toBe("9.70");
    expect(view.positions.map(({ instrument, profit }) => [instrument, profit])).toEqual([["BTC-USD", "9.90"]]);
  });
});
