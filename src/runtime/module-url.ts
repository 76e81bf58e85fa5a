import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "./package-root.ts";

/**
 * Address of a module that is an entry of its own (a thread, `ttt/strategy`), by its path in the project without the
 * ending: the source when running from source, the bundle's file otherwise.
 */
export function moduleUrl(path: string): URL {
  const source = import.meta.url.endsWith(".ts");
  return pathToFileURL(join(packageRoot(), ...(source ? [`${path}.ts`] : ["dist", `${path}.js`])));
}
