import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinaries } from "../../../src/adapters/embedded/binaries.ts";
import { type ClusterSettings, clusterName, prepareCluster } from "../../../src/adapters/embedded/cluster.ts";
import { isAccepting } from "../../../src/adapters/embedded/is-accepting.ts";
import { programsWithinReach } from "../../../src/adapters/embedded/within-reach.ts";
import { openPostgres } from "../../../src/adapters/postgres/postgres.ts";
import { commandLineOf, processIds, processRow } from "../../../src/adapters/process/process-table.ts";
import type { Program } from "../../../src/ports/program.ts";
import { until } from "../../support/until.ts";

let folder: string;
const servers: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ttt-pg-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await stop(server, "SIGINT");
  rmSync(folder, { recursive: true, force: true });
});

function settings(name = "a"): ClusterSettings {
  const home = join(folder, name);
  return {
    folder: join(home, "postgres"),
    socketFolder: join(home, "pg"),
    port: 5432,
    user: "ttt",
    password: "a-long-secret",
  };
}

function url({ socketFolder, password }: ClusterSettings): string {
  return `postgresql://ttt:${password}@localhost:5432/postgres?host=${encodeURIComponent(socketFolder)}`;
}

async function start(program: Program, { socketFolder, port }: ClusterSettings): Promise<ChildProcess> {
  const { command, args, uid, gid } = program;
  const server = spawn(command, [...args], {
    detached: true,
    stdio: "ignore",
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  });
  servers.push(server);
  const knock = async () => (await isAccepting(socketFolder, port, "ttt", 1_000)).state === "accepting";
  await until("the server to accept", knock);
  return server;
}

async function stop(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.kill(signal);
  await gone;
}

async function answer(one: ClusterSettings, sql: string): Promise<unknown> {
  const database = await openPostgres(url(one));
  try {
    return (await database.query(sql))[0];
  } finally {
    await database.close();
  }
}

const serversOf = (one: ClusterSettings) =>
  processIds().filter(
    (pid) => processRow(pid) && commandLineOf(pid).some((word) => word.includes(clusterName(one.folder))),
  );

describe("embedded PostgreSQL", () => {
  test("creates, starts, keeps what was committed over a clean stop and over kill -9", async () => {
    const one = settings();
    const server = await start(await prepareCluster(one), one);
    await answer(one, "CREATE TABLE kept AS SELECT 42 AS n");
    await stop(server, "SIGINT");
    await expect.poll(() => serversOf(one)).toEqual([]);

    const second = await start(await prepareCluster(one), one);
    await answer(one, "INSERT INTO kept VALUES (43)");
    await stop(second, "SIGKILL");
    expect(existsSync(join(one.folder, "data", "postmaster.pid"))).toBe(true);
    await expect.poll(() => serversOf(one)).toEqual([]);

    await start(await prepareCluster(one), one);
    expect(await answer(one, "SELECT sum(n)::int AS sum FROM kept")).toEqual({ sum: 85 });
  });

  test("two stacks run side by side, on sockets of their own and no port", async () => {
    const [one, two] = [settings("a"), settings("b")];
    await Promise.all([one, two].map(async (each) => start(await prepareCluster(each), each)));
    await answer(one, "CREATE TABLE only_here ()");
    expect(await answer(two, "SELECT to_regclass('only_here') AS found")).toEqual({ found: null });
    expect(await answer(one, "SHOW listen_addresses")).toEqual({ listen_addresses: "" });
    expect(await answer(one, "SHOW fsync")).toEqual({ fsync: "on" });
  });

  test("lets nobody in without the password, and keeps its folders to itself", async () => {
    const one = settings();
    await start(await prepareCluster(one), one);
    const wrong = { ...one, password: "something-else" };
    await expect(answer(wrong, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(statSync(one.folder).mode & 0o077).toBe(0);
    expect(statSync(one.socketFolder).mode & 0o077).toBe(0);
    expect(readdirSync(one.folder)).not.toContain("password.new");
  });

  test("a folder on the way that only its owner may enter is no obstacle", async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o700);
    const one = settings("closed/home");
    await start(await prepareCluster(one), one);
    expect(await answer(one, "SELECT 1 AS one")).toEqual({ one: 1 });
  });

  test("programs in a folder that only its owner may enter run all the same", async () => {
    const installed = await findBinaries();
    const native = join(folder, "roots-own", "native");
    cpSync(dirname(dirname(installed.postgres)), native, { recursive: true, verbatimSymlinks: true });
    chmodSync(join(folder, "roots-own"), 0o700);
    const moved = (program: string) => join(native, "bin", basename(program));
    const programs = { postgres: moved(installed.postgres), initdb: moved(installed.initdb) };
    const one = settings("closed-too");
    const before = process.umask(0o077);
    const program = await prepareCluster(one, programs).finally(() => process.umask(before));
    const used = [program.command, ...program.args].find((word) => word.endsWith("/bin/postgres"))!;
    try {
      await start(program, one);
      expect(await answer(one, "SELECT 1 AS one")).toEqual({ one: 1 });
      const again = await prepareCluster(settings("b"), programs);
      expect([again.command, ...again.args]).toContain(used);
    } finally {
      if (!used.startsWith(folder)) rmSync(dirname(dirname(used)), { recursive: true, force: true });
    }
  });

  test("a copy of the programs that somebody else could write is not run", async () => {
    const cache = join(folder, "cache");
    mkdirSync(cache);
    chmodSync(cache, 0o777);
    const closed = join(folder, "closed");
    mkdirSync(join(closed, "bin"), { recursive: true });
    writeFileSync(join(closed, "bin", "postgres"), "");
    chmodSync(closed, 0o700);
    const programs = { postgres: join(closed, "bin", "postgres"), initdb: join(closed, "bin", "initdb") };
    const stranger = { name: "nobody", uid: 65_534, gid: 65_534 };
    expect(() => programsWithinReach(programs, stranger, cache)).toThrow(/written by somebody else/);
    expect(programsWithinReach(programs, undefined, cache)).toBe(programs);
  });

  test("a lock file that names a stranger is stale, one that names our server is a conflict", async () => {
    const one = settings();
    await prepareCluster(one);
    writeFileSync(join(one.folder, "data", "postmaster.pid"), `${process.pid}\n`);
    const server = await start(await prepareCluster(one), one);
    await expect(prepareCluster(one)).rejects.toMatchObject({
      details: { exit: "conflict", code: "DATABASE_RUNNING", found: expect.stringContaining(String(server.pid)) },
    });
  });

  test("a creation that was cut off is made anew", async () => {
    const one = settings();
    mkdirSync(join(one.folder, "data.new", "base"), { recursive: true });
    await start(await prepareCluster(one), one);
    expect(await answer(one, "SELECT 1 AS one")).toEqual({ one: 1 });
  });
});

describe("PostgreSQL wrapper", () => {
  test("a server that is not there, or goes away, is an outage; SQL errors keep their state", async () => {
    const one = settings();
    const program = await prepareCluster(one);
    const database = await openPostgres(url(one));
    await expect(database.query("SELECT 1")).rejects.toMatchObject({ name: "OutageError", dependency: "postgres" });
    const server = await start(program, one);
    await expect(database.query("SELEC 1")).rejects.toMatchObject({ code: "42601" });
    await database.query("CREATE TABLE t (id int PRIMARY KEY)");
    const cut = database.transaction(async (sql) => {
      await sql.execute("INSERT INTO t VALUES (1)");
      await stop(server, "SIGKILL");
      // Its sessions find out by themselves that it is gone: one that is quick enough would still commit.
      await expect.poll(() => serversOf(one)).toEqual([]);
      await sql.execute("INSERT INTO t VALUES (2)");
    });
    await expect(cut).rejects.toMatchObject({ name: "OutageError" });
    await start(await prepareCluster(one), one);
    expect(await database.query("SELECT count(*) AS n FROM t")).toEqual([{ n: 0 }]);
    await database.close();
  });

  test("a listener hears, survives a cut connection, and is told that it may have missed something", async () => {
    const one = settings();
    await start(await prepareCluster(one), one);
    const database = await openPostgres(url(one));
    const heard: string[] = [];
    let gaps = 0;
    const cancel = await database.listen(
      "ttt",
      (payload) => heard.push(payload),
      () => {
        gaps += 1;
      },
    );
    await database.notify("ttt", "one");
    await expect.poll(() => heard).toEqual(["one"]);
    await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
    await expect.poll(() => gaps).toBe(1);
    await database.notify("ttt", "two");
    await expect.poll(() => heard).toEqual(["one", "two"]);
    cancel();
    await database.close();
  });

  test("a transaction that throws leaves nothing, and gives its connection back", async () => {
    const one = settings();
    await start(await prepareCluster(one), one);
    const database = await openPostgres(url(one), { maxConnections: 1 });
    await database.query("CREATE TABLE t (id int)");
    for (let round = 0; round < 3; round++) {
      await expect(
        database.transaction(async (sql) => {
          await sql.execute("INSERT INTO t VALUES (1)");
          throw new Error("changed my mind");
        }),
      ).rejects.toThrow("changed my mind");
    }
    expect(await database.query("SELECT count(*) AS n FROM t")).toEqual([{ n: 0 }]);
    await database.close();
  });
});
