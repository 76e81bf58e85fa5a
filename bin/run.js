// Hands over to the bundle. The compile cache spares parsing it again at every start.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("../dist/run.js");
