import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OperatorError } from "../../src/core/errors.ts";
import { systemError } from "../../src/core/system-error.ts";

const failure = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: what the kernel says, open`), { code, ...(path !== undefined && { path }) });

test("OM-02 a file that may not be used, a full disk and too many files are no defects", () => {
  const forbidden = systemError(failure("EACCES", "/srv/ttt/desired.json"));
  expect(forbidden?.details).toMatchObject({ exit: "configuration", code: "FILE_FORBIDDEN" });
  expect(forbidden?.message).toContain("/srv/ttt/desired.json");
  expect(systemError(failure("EROFS", "/srv"))?.details.code).toBe("FILE_FORBIDDEN");
  for (const code of ["ENOSPC", "EDQUOT"]) {
    expect(systemError(failure(code))?.details).toMatchObject({ exit: "outage", code: "DISK_FULL", retryable: true });
  }
  expect(systemError(failure("EMFILE"))?.details).toMatchObject({ exit: "outage", code: "TOO_MANY_FILES" });
});

test("whatever else was thrown stays what it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "ttt-system-"));
  const reading = () => readFileSync(join(folder, "absent"));
  expect(reading).toThrow();
  try {
    reading();
  } catch (error) {
    expect(systemError(error)).toBeUndefined();
  }
  rmSync(folder, { recursive: true });
  // No permission for a signal or an address is not a matter of files.
  expect(systemError(failure("EPERM"))).toBeUndefined();
  expect(systemError(new OperatorError("told already", { exit: "conflict", code: "EACCES" }))).toBeUndefined();
  expect(systemError("EACCES")).toBeUndefined();
});
