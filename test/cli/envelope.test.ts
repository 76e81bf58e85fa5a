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

test("OM-02 a wrong command line is told in one line, with the help of that command", () => {
  const wrong = (message: string) =>
    failureEnvelope("restart", Object.assign(new Error(`${message}\nSee more help with --help`), { oclif: {} }));
  expect(wrong("Missing 2 required args:\nservice  services or instances\nshell    (bash|zsh) whose script")).toEqual({
    ok: false,
    command: "restart",
    exit: 2,
    error: {
      code: "USAGE",
      message: "Missing: service (services or instances), shell (bash|zsh) whose script.",
      hint: "ttt restart --help",
      retryable: false,
    },
  });
  expect(wrong("Parsing --timeout \n\tExpected an integer but received: abc").error.message).toBe(
    "--timeout: expected an integer, not abc.",
  );
});

test("OM-02 what a flag's own parser refuses is told in its own words", () => {
  const message = "Parsing --scope \n\tThere is no scope x.\nSee more help with --help";
  const error = new OperatorError(message, { exit: "usage", code: "SCOPE_INVALID" });
  expect(failureEnvelope("kill", error).error.message).toBe("There is no scope x.");
});

test("OM-02 a file that may not be read is told as that, not as a defect", () => {
  const error = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES", path: "/srv/ttt/x" });
  expect(failureEnvelope("kill", error)).toMatchObject({ exit: 10, error: { code: "FILE_FORBIDDEN" } });
});
