import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism, freemem, loadavg, totalmem } from "node:os";
import type { HostFacts } from "../../ops/doctor/facts.ts";

/** How busy and how full this machine is; the disk is that of `folder`. */
export function hostFigures(folder: string): HostFacts {
  const disk = statfsSync(folder);
  return {
    cpus: availableParallelism(),
    load: loadavg()[0] ?? 0,
    freeDiskBytes: disk.bavail * disk.bsize,
    freeDiskPart: disk.bavail / Math.max(1, disk.blocks),
    freeMemoryPart: availableMemory() / totalmem(),
  };
}

/** What could be had, caches included; `freemem` leaves those out on some systems. */
function availableMemory(): number {
  try {
    return (
      1024 * Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? Number.NaN) ||
      freemem()
    );
  } catch {
    return freemem();
  }
}
