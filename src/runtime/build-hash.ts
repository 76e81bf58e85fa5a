import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./package-root.ts";

let known: string | undefined;

/**
 * Names the code that runs: a digest over the bundle, made by the build (`dist/build-hash`), or over the sources
 * when they run directly. Two processes with the same hash run the same code.
 */
export function buildHash(): string {
  known ??= installedBuildHash();
  return known;
}

/** The same for the code that lies on disk now: what a process that is started next will run. */
export function installedBuildHash(): string {
  return readOrCompute();
}

function readOrCompute(): string {
  const root = packageRoot();
  const built = join(root, "dist", "build-hash");
  if (!import.meta.filename.endsWith(".ts") && existsSync(built)) return readFileSync(built, "utf8").trim();
  const digest = createHash("sha256");
  for (const path of globSync("{src,daemons}/**/*.{ts,tsx,sql}", { cwd: root }).sort()) {
    digest.update(path).update(readFileSync(join(root, path)));
  }
  return digest.digest("hex").slice(0, 12);
}
