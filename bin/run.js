// Hands over to the bundle. The compile cache spares parsing it again at every start.
import { enableCompileCache } from "node:module";

enableCompileCache();
const { argv } = process;
// `ttt` alone in a terminal is the console.
const [first = argv.length > 2 || (process.stdin.isTTY && process.stdout.isTTY) ? "console" : "", second = "-"] =
  argv.slice(2);
const quick = second.startsWith("-") ? first : `${first}-${second}`;
const own = new URL(`../dist/quick/${quick}/run.js`, import.meta.url);
// An import of `node:fs` would load its streams and promises too.
const { existsSync } = process.getBuiltinModule("node:fs");
await import(/^[a-z-]+$/.test(quick) && existsSync(own) ? own.href : "../dist/run.js");
