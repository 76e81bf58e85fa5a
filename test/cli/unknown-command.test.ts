import { expect, test } from "vitest";
import { unknownCommand } from "../../src/cli/unknown-command.ts";

const ids = ["status", "kill", "kill:status", "backtest:run"];
const absent = (id: string) => Object.assign(new Error(`command ${id} not found`), { oclif: { exit: 2 } });

test.each([
  ["stauts", "ttt status --help"],
  ["backtest:rnu", "ttt backtest run --help"],
  ["kill:everything", "ttt kill --help"],
  ["frobnicate", "ttt --help"],
])("OM-02 a command that does not exist: %s leads to %s", (typed, hint) => {
  const error = unknownCommand(absent(typed), ids);
  expect(error?.details).toMatchObject({ exit: "usage", code: "COMMAND_UNKNOWN", hint });
  expect(error?.message).toBe(`There is no command ${typed.replace(":", " ")}.`);
});

test("another error is not taken for one", () => {
  expect(unknownCommand(new Error("command x not found"), ids)).toBeUndefined();
  expect(unknownCommand(Object.assign(new Error("Nonexistent flag: --x"), { oclif: {} }), ids)).toBeUndefined();
});
