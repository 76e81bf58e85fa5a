// Starts one daemon by its name: `node bin/daemon.js worker`.
import { enableCompileCache } from "node:module";

enableCompileCache();
const name = process.argv[2];
if (!/^[a-z][a-z-]*$/.test(name ?? "")) {
  console.error("usage: daemon.js NAME");
  process.exit(2);
}
await import(`../dist/daemons/${name}/main.js`);
