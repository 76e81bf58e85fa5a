import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

const bin = join(import.meta.dirname, "..", "..", "bin", "ttt");

/** The built `ttt` with a state directory of its own, for end-to-end tests. */
export function tttInOwnHome(environment: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync("/tmp/ttt-e2e-");
  const home = join(folder, "home");
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { exitCode, stdout, stderr } = await execa(bin, [...args], {
      cwd: folder,
      env: { NO_COLOR: "1", ...environment, TTT_HOME: home, ...env },
      reject: false,
    });
    return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) };
  };
  return {
    folder,
    home,
    run,
    ttt: (...args: string[]) => run(args),
    /** Brings the stack down, whatever the test left of it, and removes its folder. */
    async remove() {
      await run(["down"]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
