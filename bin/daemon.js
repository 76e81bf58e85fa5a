// Starts one daemon by its name: `node bin/daemon.js worker`.
import { enableCompileCache } from "node:module";

enableCompileCache();
const name = process.argv[2];
if (!/^[a-z][a-z-]*$/.test(name ?? "")) {
  console.error("usage: daemon.js NAME");
  process.exit(2);
}
try {
  await import(`../dist/daemons/${name}/main.js`);
} catch (error) {
  // What fails here was never a daemon: the build is broken, and starting it again would not mend it.
  console.error(error);
  process.exit(10);
}
