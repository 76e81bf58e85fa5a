import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LocalProcessHost } from "../../../src/adapters/process/local-process-host.ts";
import { isAlive, processRow } from "../../../src/adapters/process/process-table.ts";
import type { ProcessEnd } from "../../../src/ports/process-host.ts";

let home: string;
let host: LocalProcessHost;
const strangers: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ttt-host-"));
  host = new LocalProcessHost({ home, outputFile: (instance) => join(home, `${instance}.out`), titles: {} });
});
afterEach(() => {
  for (const { pid } of strangers.splice(0)) process.kill(-pid!, "SIGKILL");
  rmSync(home, { recursive: true, force: true });
});

/** A process that leads a group of its own, with some of the marks that ours carry. */
function stranger(env: Readonly<Record<string, string>>): { pid: number; startTime: string } {
  const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore", env: { PATH: process.env.PATH, ...env } });
  strangers.push(child);
  return { pid: child.pid!, startTime: processRow(child.pid!)!.startTime };
}

const endOf = (hosted: { pid: number; startTime: string; nonce: string }) =>
  new Promise<ProcessEnd>((resolve) => host.adopt({ instance: "api", ...hosted }, resolve));

test("OP-02 only what carries all three marks of this stack is taken over", async () => {
  stranger({ TTT_HOME: home, TTT_INSTANCE: "api" });
  stranger({ TTT_HOME: "/elsewhere", TTT_INSTANCE: "api", TTT_NONCE: "1" });
  const { pid, startTime } = stranger({ TTT_HOME: home, TTT_INSTANCE: "api", TTT_NONCE: "2" });
  await expect.poll(() => host.find()).toEqual([{ instance: "api", pid, startTime, nonce: "2" }]);
});

test("OP-02 whoever has the number of one that is gone is not taken for it: it gets no signal and is not ended", async () => {
  const other = stranger({ TTT_HOME: home, TTT_INSTANCE: "other", TTT_NONCE: "3" });
  const ended = endOf({ pid: other.pid, startTime: `${Number(other.startTime) - 1}`, nonce: "of-the-one-before" });
  host.signal("api", "SIGKILL");
  expect(await ended).toMatchObject({ survivors: 0 });
  expect(isAlive(other)).toBe(true);
});

test("OP-07 one that is ended takes what is left of its start along, by its mark", async () => {
  const left = stranger({ TTT_HOME: home, TTT_INSTANCE: "api", TTT_NONCE: "4" });
  const gone = stranger({});
  process.kill(gone.pid, "SIGKILL");
  await expect.poll(() => isAlive(gone)).toBe(false);
  strangers.splice(0);
  expect(await endOf({ ...gone, nonce: "4" })).toMatchObject({ survivors: 1 });
  expect(isAlive(left)).toBe(false);
});
