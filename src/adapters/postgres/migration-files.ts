import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Migration } from "../../ops/migration.ts";

const ENDING = ".sql";
const DOWN = /^\s*--[\s-]*down\s+migration/im;

/** The migrations of a folder, in the order of their names, each with its forward half. */
export function readMigrationFiles(folder: string): readonly Migration[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
  return files.sort().map((file) => ({
    name: file.slice(0, -ENDING.length),
    sql: (readFileSync(join(folder, file), "utf8").split(DOWN)[0] ?? "").trim(),
  }));
}
