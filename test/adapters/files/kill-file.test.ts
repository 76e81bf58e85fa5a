import { describe, expect, test } from "vitest";
import { parseKill } from "../../../src/adapters/files/kill-file.ts";

const KILL = { scope: "strategy:sma-cross", level: "REDUCE_ONLY", reason: "odd fills", commandId: "c-1" } as const;
const read = (content: unknown) => parseKill("f", typeof content === "string" ? content : JSON.stringify(content));

describe("a file of the kill folder", () => {
  test("says what a kill wrote", () => {
    expect(read(KILL)).toEqual({ ...KILL, file: "f", epoch: undefined });
    const whole = { ...KILL, epoch: 12, actor: "anna", origin: "ttt kill on desk-1" };
    expect(read({ ...whole, added: "by a later version" })).toEqual({ ...whole, file: "f" });
  });

  test("KS-21 of a scope that nobody knows kills everything, at its level", () => {
    expect(read({ ...KILL, scope: "desk:seven" })).toMatchObject({ scope: "global", level: "REDUCE_ONLY" });
  });

  test.each([
    ["an empty one", ""],
    ["text", "stop"],
    ["half a kill", JSON.stringify(KILL).slice(0, -5)],
    ["null", "null"],
    ["a list", [KILL]],
    ["no scope", { ...KILL, scope: undefined }],
    ["a level of its own", { ...KILL, level: "RUN" }],
    ["an epoch that is no number", { ...KILL, epoch: "12" }],
    ["an epoch between two", { ...KILL, epoch: 12.5 }],
    ["an epoch of null", { ...KILL, epoch: null }],
    ["no reason", { ...KILL, reason: undefined }],
    ["an id that is a number", { ...KILL, commandId: 7 }],
    ["an actor that is a number", { ...KILL, actor: 7 }],
    ["an origin of null", { ...KILL, origin: null }],
  ])("KS-21 that is not what a kill writes (%s) blocks everything", (_what, content) => {
    expect(read(content)).toEqual({
      file: "f",
      scope: "global",
      level: "BLOCK",
      epoch: undefined,
      reason: "the file f is there",
      commandId: "file:f",
    });
  });

  test("that is gone says nothing", () => {
    expect(parseKill("f", undefined)).toBeUndefined();
  });
});
