import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { TextFiles } from "../../ports/text-files.ts";

/** Text files on this machine's disk. Folders are made as needed. */
export const diskTextFiles: TextFiles = {
  async create(path, text) {
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(path, text, { flag: "wx" });
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
      throw unwritable(path, error);
    }
  },

  async write(path, text) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.part`, text);
      await rename(`${path}.part`, path);
    } catch (error) {
      throw unwritable(path, error);
    }
  },

  async read(path) {
    try {
      return await readFile(path, "utf8");
    } catch (cause) {
      throw new OperatorError(`${path} cannot be read.`, {
        exit: "notFound",
        code: "FILE_NOT_FOUND",
        found: messageOf(cause),
        cause,
      });
    }
  },
};

function unwritable(path: string, cause: unknown): OperatorError {
  return new OperatorError(`${path} cannot be written.`, {
    exit: "configuration",
    code: "FILE_NOT_WRITABLE",
    found: messageOf(cause),
    cause,
  });
}
