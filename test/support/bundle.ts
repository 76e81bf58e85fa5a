import { basename, join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..", "..");

/** Bundles one file as the build does, for tests that need it as a process of its own. Returns the file to run. */
export async function bundle(entry: string): Promise<string> {
  const name = basename(entry).replace(/\.tsx?$/, "");
  const outdir = join(root, "node_modules", ".cache", "ttt-test", name);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    jsx: "automatic",
    external: ["react-devtools-core"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  return join(outdir, `${name}.js`);
}
