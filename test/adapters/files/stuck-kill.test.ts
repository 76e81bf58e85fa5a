import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileKillLatch } from "../../../src/adapters/files/file-kill-latch.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ttt-stuck-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("KS-21 a folder among the kills blocks everything, and who would lift it is told to remove that folder", async () => {
  const path = join(folder, "dir");
  mkdirSync(path);
  const latch = new FileKillLatch(folder);
  const [kill] = await latch.unrecorded(1);
  expect(kill).toMatchObject({ scope: "global", level: "BLOCK" });
  await expect(latch.raise({ ...kill!, actor: "ann", origin: "test", epoch: 2 })).rejects.toMatchObject({
    details: { code: "KILL_FILE_STUCK", found: path, hint: expect.stringContaining(`rm -r '${path}'`) },
  });
});
