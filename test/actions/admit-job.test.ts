import { describe, expect, test } from "vitest";
import { admitJob, JOB_REACH } from "../../src/actions/admit-job.ts";
import type { Level } from "../../src/trading/level.ts";

const at = (level: Level) => async () => level;
const outcome = (reach: Parameters<typeof admitJob>[0], read: Parameters<typeof admitJob>[1]) =>
  admitJob(reach, read).then(
    () => "taken",
    (error: { details: { code: string; found: string } }) => `${error.details.code} ${error.details.found}`,
  );

describe("KS-35 the kill switch at the door of the job queue", () => {
  test("KS-35 backtests and sweeps reach recorded data alone: they are taken at every level, and nobody is asked", async () => {
    expect(new Set(Object.values(JOB_REACH))).toEqual(new Set(["recorded-data"]));
    for (const reach of Object.values(JOB_REACH)) {
      expect(await outcome(reach, () => Promise.reject(new Error("asked")))).toBe("taken");
    }
  });

  test("KS-35 what can reach live resources is taken at RUN alone, and not when the level is not known", async () => {
    expect(await outcome("live-resources", at("RUN"))).toBe("taken");
    expect(await outcome("live-resources", at("REDUCE_ONLY"))).toBe("JOB_UNDER_KILL REDUCE_ONLY");
    expect(await outcome("live-resources", at("BLOCK"))).toBe("JOB_UNDER_KILL BLOCK");
    expect(await outcome("live-resources", undefined)).toBe("JOB_UNDER_KILL BLOCK");
  });
});
