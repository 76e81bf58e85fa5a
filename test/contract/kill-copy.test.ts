import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { FileKillLatch } from "../../src/adapters/files/file-kill-latch.ts";
import { ProcessKillLatch } from "../../src/adapters/process/process-kill-latch.ts";
import { RedisKillCopy } from "../../src/adapters/redis/redis-kill-copy.ts";
import type { KillCopy, LevelRaise } from "../../src/ports/kill-store.ts";
import type { KillState } from "../../src/trading/kill-state.ts";
import type { Level } from "../../src/trading/level.ts";
import type { Scope } from "../../src/trading/scope.ts";
import { redisDatabase } from "../support/servers/shared.ts";

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "ttt-kill-"));
  closers.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const copies: Record<string, () => Promise<KillCopy> | KillCopy> = {
  file: () => new FileKillLatch(join(folder(), "kill")),
  process: () => new ProcessKillLatch(),
  redis: async () => new RedisKillCopy(await redisDatabase()),
};

const kill = (commandId: string, more: Partial<LevelRaise> = {}): LevelRaise => ({
  commandId,
  scope: "global",
  level: "BLOCK",
  reason: "test",
  actor: "tester",
  origin: "test",
  ...more,
});

const state = (epoch: number, ...levels: [Scope, Level, number][]): KillState => ({
  epoch,
  levels: new Map(levels.map(([scope, level, since]) => [scope, { level, since }])),
});

async function levelIn(copy: KillCopy, scope: Scope, armed: [Scope, number][] = []): Promise<Level | undefined> {
  const reading = await copy.read(new Map(armed));
  return reading.status === "read" ? reading.state.levels.get(scope)?.level : undefined;
}

describe.each(Object.entries(copies))("kill copy: %s", (_name, open) => {
  async function opened(): Promise<KillCopy> {
    const copy = await open();
    closers.push(() => copy.close());
    return copy;
  }

  test("KS-06 an empty one is absent, and one that was raised kills", async () => {
    const copy = await opened();
    expect((await copy.read(new Map())).status).toBe("absent");
    await copy.raise(kill("k1", { epoch: 2 }));
    expect(await levelIn(copy, "global")).toBe("BLOCK");
  });

  test("KS-06 a kill that the authority recorded ends with a later arm of its scope, and with no other", async () => {
    const copy = await opened();
    await copy.raise(kill("k1", { epoch: 5 }));
    expect(await levelIn(copy, "global", [["strategy:a", 9]])).toBe("BLOCK");
    expect(await levelIn(copy, "global", [["global", 4]])).toBe("BLOCK");
    expect((await levelIn(copy, "global", [["global", 6]])) ?? "RUN").toBe("RUN");
  });

  test("KS-06 a kill that the authority never recorded outlives every arm, until it is recorded and armed after that", async () => {
    const copy = await opened();
    await copy.raise(kill("k1"));
    expect(await levelIn(copy, "global", [["global", 99]])).toBe("BLOCK");
    const [unrecorded] = await copy.unrecorded(99);
    expect(unrecorded).toMatchObject({ scope: "global", level: "BLOCK" });
    await copy.follow(state(99, ["global", "RUN", 99]), new Map([["global", 99]]));
    expect(await levelIn(copy, "global", [["global", 99]])).toBe("BLOCK");

    await copy.raise(kill(unrecorded!.commandId, { epoch: 100 }));
    expect(await copy.unrecorded(100)).toEqual([]);
    expect(await levelIn(copy, "global", [["global", 99]])).toBe("BLOCK");
    await copy.follow(state(101, ["global", "RUN", 101]), new Map([["global", 101]]));
    expect((await levelIn(copy, "global", [["global", 101]])) ?? "RUN").toBe("RUN");
  });

  test("KS-06 a kill of an epoch that the authority has forgotten is unrecorded again", async () => {
    const copy = await opened();
    await copy.raise(kill("k1", { epoch: 7 }));
    expect(await copy.unrecorded(7)).toEqual([]);
    expect(await copy.unrecorded(3)).toHaveLength(1);
  });

  test("KS-20 the same command twice is one kill", async () => {
    const copy = await opened();
    expect((await copy.raise(kill("k1", { epoch: 2 }))).changed).toBe(true);
    expect((await copy.raise(kill("k1", { epoch: 2 }))).changed).toBe(false);
  });

  test("KS-20 a weaker kill never weakens", async () => {
    const copy = await opened();
    await copy.raise(kill("k1", { epoch: 2 }));
    await copy.raise(kill("k2", { level: "REDUCE_ONLY", epoch: 3 }));
    expect(await levelIn(copy, "global")).toBe("BLOCK");
  });

  test("KS-03 scopes stand beside each other", async () => {
    const copy = await opened();
    await copy.follow(state(1, ["global", "RUN", 1]), new Map([["global", 1]]));
    await copy.raise(kill("k1", { scope: "strategy:a", level: "REDUCE_ONLY", epoch: 2 }));
    expect(await levelIn(copy, "strategy:a")).toBe("REDUCE_ONLY");
    expect((await levelIn(copy, "global", [["global", 1]])) ?? "RUN").toBe("RUN");
  });

  test("KS-09 a raise is pushed to whoever listens", async () => {
    const copy = await opened();
    const heard = Promise.withResolvers<void>();
    closers.push(await copy.onChange(() => heard.resolve()));
    await copy.raise(kill("k1", { epoch: 2 }));
    await heard.promise;
  });
});

describe("kill copy in files", () => {
  test("KS-21 `touch` kills everything, and the kill comes on record under one id", async () => {
    const path = join(folder(), "kill");
    const latch = new FileKillLatch(path);
    writeFileSync(join(path, "now"), "");
    expect(await levelIn(latch, "global", [["global", 99]])).toBe("BLOCK");
    const [first] = await latch.unrecorded(99);
    expect(await latch.unrecorded(99)).toEqual([first]);
  });

  test("KS-04 a file outlives the process that wrote it", async () => {
    const path = join(folder(), "kill");
    await new FileKillLatch(path).raise(kill("k1", { epoch: 2 }));
    expect(await levelIn(new FileKillLatch(path), "global")).toBe("BLOCK");
  });

  test("KS-05 it takes over kills that the authority shows, and drops them after the arm", async () => {
    const latch = new FileKillLatch(join(folder(), "kill"));
    await latch.follow(state(4, ["global", "BLOCK", 4]), new Map());
    expect(await levelIn(latch, "global")).toBe("BLOCK");
    await latch.follow(state(5, ["global", "RUN", 5]), new Map([["global", 5]]));
    expect((await latch.read(new Map())).status).toBe("absent");
  });

  test("KS-06 what cannot be read kills everything, and is lifted like any other kill", async () => {
    const path = join(folder(), "kill");
    const latch = new FileKillLatch(path);
    // Not a file at all: reading it fails for every account, root included.
    mkdirSync(join(path, "now"));
    expect(await levelIn(latch, "global", [["global", 99]])).toBe("BLOCK");
    const [found] = await latch.unrecorded(99);
    expect(found!.reason).toContain("cannot be read");
    await latch.follow(state(100, ["global", "BLOCK", 100]), new Map());
    expect(await levelIn(latch, "global")).toBe("BLOCK");
  });

  test.runIf(process.getuid?.() === 0)("KS-06 a kill that root left is lifted by whose the folder is", async () => {
    const home = folder();
    chownSync(home, 65_534, 65_534);
    const path = join(home, "kill");
    await new FileKillLatch(path).raise(kill("by-root"));
    const mode = { mode: 0o600 };
    writeFileSync(join(path, "by-hand"), "", mode);
    process.setegid!(65_534);
    process.seteuid!(65_534);
    try {
      const latch = new FileKillLatch(path);
      expect(await levelIn(latch, "global")).toBe("BLOCK");
      const found = await latch.unrecorded(7);
      expect(found.map(({ commandId, actor }) => [commandId, actor]).toSorted()).toEqual([
        ["by-root", "tester"],
        ["file:by-hand", undefined],
      ]);
      for (const one of found) await latch.raise({ ...kill(one.commandId), ...one, epoch: 8 });
      await latch.follow(state(9, ["global", "RUN", 9]), new Map([["global", 9]]));
      expect((await latch.read(new Map())).status).toBe("absent");
    } finally {
      process.seteuid!(0);
      process.setegid!(0);
    }
  });

  test.each([
    ["a file", (home: string) => writeFileSync(home, "")],
    ["in a file system that takes none", undefined],
  ])("KS-21 a state directory that is %s is said to be unusable, at once", async (_what, make) => {
    const home = make === undefined ? "/proc/ttt-no-such-place" : join(folder(), "home");
    make?.(home);
    const latch = new FileKillLatch(join(home, "kill"));
    expect((await latch.read(new Map())).status).toBe("unreachable");
    const refused = { details: { exit: "configuration", code: "STATE_FOLDER_UNUSABLE" } };
    await expect(latch.raise(kill("k1"))).rejects.toMatchObject(refused);
    await expect(latch.unrecorded(1)).rejects.toMatchObject(refused);
  });
});

describe("kill copy in Redis", () => {
  async function redis() {
    const url = await redisDatabase();
    const [copy, hand] = [new RedisKillCopy(url), new Redis(url)];
    closers.push(
      () => copy.close(),
      () => hand.disconnect(),
    );
    return { copy, hand };
  }

  test("KS-05 SET ttt:kill:global BLOCK by hand kills, whatever was armed", async () => {
    const { copy, hand } = await redis();
    await copy.follow(state(8, ["global", "RUN", 8]), new Map([["global", 8]]));
    expect(await levelIn(copy, "global", [["global", 8]])).toBe("RUN");
    await hand.set("ttt:kill:global", "BLOCK");
    expect(await levelIn(copy, "global", [["global", 8]])).toBe("BLOCK");
    expect(await copy.unrecorded(8)).toHaveLength(1);
  });

  test.each(["RUN", "run@9", "", "yes", "BLOCK@x"])("KS-08 what is not understood blocks: %j", async (text) => {
    const { copy, hand } = await redis();
    await hand.set("ttt:kill:global", text);
    expect(await levelIn(copy, "global", [["global", 99]])).toBe("BLOCK");
  });

  test("KS-08 a lost key is absent until somebody follows the authority, at the same epoch", async () => {
    const { copy, hand } = await redis();
    await copy.follow(state(8, ["global", "RUN", 8]), new Map([["global", 8]]));
    await hand.flushdb();
    expect((await copy.read(new Map())).status).toBe("absent");
    await copy.follow(state(8, ["global", "RUN", 8]), new Map([["global", 8]]));
    const reading = await copy.read(new Map([["global", 8]]));
    expect(reading).toMatchObject({ status: "read", state: { epoch: 8 } });
    expect(await hand.ttl("ttt:kill:global")).toBe(-1);
  });

  test("KS-07 a server that is not there is unreachable, not armed", async () => {
    const copy = new RedisKillCopy("redis://127.0.0.1:1");
    expect((await copy.read(new Map())).status).toBe("unreachable");
    await expect(copy.raise(kill("k1"))).rejects.toThrow("redis");
  });
});
