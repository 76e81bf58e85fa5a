import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Servers the suites need, and the Debian packages that bring them. */
const NEEDED = {
  "redis-server": "redis-server",
  "rabbitmq-server": "rabbitmq-server",
  prometheus: "prometheus",
  "prometheus-alertmanager": "prometheus-alertmanager",
  wrk: "wrk",
} as const;
/** Programs whose tests are skipped where there is none: a browser for reports, shells for completion. */
const WELCOME = { chromium: "chromium", fish: "fish", zsh: "zsh" } as const;
const WHERE = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/usr/local/bin"];
/** Debian asks this script whether an installed service may start; 101 means no. */
const POLICY = "/usr/sbin/policy-rc.d";

/**
 * Installs what is missing, as root on a system with apt; otherwise throws and says what to install. Nothing is
 * started: the suites start their own servers on private ports.
 */
export function installMissingServers(): void {
  const needed = missingOf(NEEDED);
  const missing = [...needed, ...missingOf(WELCOME)];
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !isInstalled("apt-get")) {
    if (needed.length === 0) return;
    throw new Error(`the tests need ${needed.join(" and ")}; install them: apt-get install ${missing.join(" ")}`);
  }
  console.log(`Installing ${missing.join(", ")} for the tests ...`);
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    apt("update", "-q");
    // Another installation may be under way on this machine.
    apt("install", "-q", "-y", "-o", "DPkg::Lock::Timeout=600", "--no-install-recommends", ...missing);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}

function missingOf(programs: Readonly<Record<string, string>>): string[] {
  return Object.entries(programs).flatMap(([program, name]) => (isInstalled(program) ? [] : [name]));
}

function apt(...args: string[]): void {
  const { status, stderr } = spawnSync("apt-get", args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new Error(`apt-get ${args.join(" ")} failed:\n${stderr}`);
}

function isInstalled(program: string): boolean {
  return WHERE.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
