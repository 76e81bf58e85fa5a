import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunbookShelf } from "../../ports/runbook-shelf.ts";
import { readMarkdownPage } from "./markdown-page.ts";

const NAME = /^[a-z][a-z0-9-]*$/;

/** Markdown files in folders; a later folder's file takes the place of an earlier one's. A README is no runbook. */
export function fileRunbookShelf(folders: readonly string[]): RunbookShelf {
  const pathOf = (name: string) =>
    folders
      .map((folder) => join(folder, `${name}.md`))
      .filter((path) => existsSync(path))
      .at(-1);
  return {
    async names() {
      const files = folders.flatMap((folder) => globSync("*.md", { cwd: folder }));
      return [...new Set(files.map((file) => file.slice(0, -".md".length)))].filter((name) => NAME.test(name)).sort();
    },
    async read(name) {
      const path = NAME.test(name) ? pathOf(name) : undefined;
      if (path === undefined) return undefined;
      const text = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
      return { path, text, page: await readMarkdownPage(path, text) };
    },
  };
}
