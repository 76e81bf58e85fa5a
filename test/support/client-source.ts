import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateSource } from "oazapfts";

interface Document {
  readonly info: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
}

/**
 * The source that a public generator makes of the API's document, as `ttt/client` has it. Only successes: refusals are
 * thrown there. No version: another build of the same API has the same client.
 */
export async function clientSource(described: unknown): Promise<string> {
  const document = described as Document;
  const paths = mapped(document.paths, (path) =>
    mapped(path, (operation) => ({
      ...operation,
      responses: Object.fromEntries(Object.entries(operation.responses).filter(([status]) => Number(status) < 300)),
    })),
  );
  const folder = mkdtempSync(join(tmpdir(), "ttt-client-"));
  try {
    const file = join(folder, "openapi.json");
    writeFileSync(file, JSON.stringify({ ...document, info: { title: "The API of ttt", version: "1" }, paths }));
    const source = await generateSource(file, { argumentStyle: "object", allSchemas: true, useUnknown: true });
    return `// @ts-nocheck: its types are meant for those who use it; it is not written for all that is checked here.\n${source}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
