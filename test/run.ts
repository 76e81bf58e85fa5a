// What `npm test` runs: types, lint and format, the build, then every suite. The last line is the count.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installMissingServers } from "./support/servers/install.ts";

const root = join(import.meta.dirname, "..");
const report = join(mkdtempSync(join(tmpdir(), "ttt-test-")), "report.json");

let failedChecks = 0;
installMissingServers();
check("types", ["typescript/bin/tsc", "--noEmit"]);
check("lint and format", ["@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]);
check("build", ["../build.ts"]);
const suites = ["vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
check("suites", [...suites, ...process.argv.slice(2)]);

const counts = readCounts();
rmSync(join(report, ".."), { recursive: true, force: true });
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = failedChecks > 0 || counts.passed === 0 ? 1 : 0;

function check(name: string, [script, ...args]: string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", script!), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status === 0) return;
  failedChecks += 1;
  console.error(`\n✗ ${name} failed\n`);
}

function readCounts(): { passed: number; failed: number; skipped: number } {
  try {
    const json = JSON.parse(readFileSync(report, "utf8"));
    const failed = json.numFailedTests + json.testResults.filter(crashed).length;
    return { passed: json.numPassedTests, failed: Math.max(failed, failedChecks), skipped: json.numPendingTests };
  } catch {
    return { passed: 0, failed: Math.max(1, failedChecks), skipped: 0 };
  }
}

/** A file that failed before its first test counts as one failure. */
function crashed(file: { status: string; assertionResults: { status: string }[] }): boolean {
  return file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed");
}
