import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Who listens on a TCP port of this machine, as far as we may see: `node (pid 4711)`, or undefined. */
export function portHolder(port: number): string | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (!holdsAny(pid, inodes)) continue;
    return `${readFileSync(`/proc/${pid}/comm`, "utf8").trim()} (pid ${pid})`;
  }
  return undefined;
}

/** Columns of /proc/net/tcp: local address as `ADDRESS:PORT` in hex is the second, the state the fourth, the inode the tenth. */
function listeningInodes(table: string, port: number): string[] {
  const LISTEN = "0A";
  try {
    const lines = readFileSync(table, "utf8").split("\n").slice(1);
    return lines.flatMap((line) => {
      const columns = line.trim().split(/\s+/);
      const localPort = Number.parseInt(columns[1]?.split(":")[1] ?? "", 16);
      return localPort === port && columns[3] === LISTEN ? [columns[9]!] : [];
    });
  } catch {
    return [];
  }
}

function holdsAny(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      return target.startsWith("socket:[") && inodes.has(target.slice(8, -1));
    });
  } catch {
    return false;
  }
}
