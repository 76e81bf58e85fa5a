import { expect, test } from "vitest";
import { failureEnvelope, successEnvelope } from "../../src/cli/envelope.ts";
import { OperatorError, OutageError } from "../../src/core/errors.ts";

test("OM-01 success and failure share one envelope", () => {
  expect(successEnvelope("status", 0, { services: [] })).toEqual({
    ok: true,
    command: "status",
    exit: 0,
    data: { services: [] },
  });
  const error = new OperatorError("No such strategy.", { exit: "notFound", code: "STRATEGY_UNKNOWN", found: "sma" });
  expect(failureEnvelope("backtest run", error)).toEqual({
    ok: false,
    command: "backtest run",
    exit: 12,
    error: { code: "STRATEGY_UNKNOWN", message: "No such strategy.", found: "sma", retryable: false },
  });
});

test("OM-01 data that comes with a non-zero exit is not ok", () => {
  expect(successEnvelope("kill", 4, { evidence: [] }).ok).toBe(false);
});

test("OM-02 an outage says that a retry can help", () => {
  expect(failureEnvelope("up", new OutageError("postgres", "connection refused"))).toMatchObject({
    exit: 14,
    error: { code: "POSTGRES_OUTAGE", retryable: true },
  });
});

test("OM-02 anything else thrown is reported as a defect, exit 1", () => {
  expect(failureEnvelope("up", new TypeError("x is not a function"))).toMatchObject({
    exit: 1,
    error: { code: "BUG" },
  });
});
