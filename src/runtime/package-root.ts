import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder that holds ttt's package.json, from source and from the bundle alike. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && existsSync(join(folder, "bin", "ttt"))) return folder;
    if (folder === dirname(folder)) throw new Error("ttt's package.json was not found");
  }
}
