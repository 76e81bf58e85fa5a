import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { controlCall, controlWatch } from "../../../src/adapters/process/control-client.ts";
import { type ControlServer, openControlServer } from "../../../src/adapters/process/control-server.ts";
import { listenOn, listenOnOrAnywhere } from "../../../src/adapters/process/listen.ts";
import { OperatorError } from "../../../src/core/errors.ts";

let folder: string;
let path: string;
const servers: ControlServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ttt-control-"));
  path = join(folder, "api.sock");
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<ControlServer> {
  const server = await openControlServer(path);
  servers.push(server);
  return server;
}

describe("control socket", () => {
  test("answers a command, and carries an error with its exit across", async () => {
    const server = await open();
    server.on("double", (params) => Number(params) * 2);
    server.on("refuse", () => {
      throw new OperatorError("not now", { exit: "conflict", code: "BUSY", hint: "wait" });
    });
    expect(await controlCall(path, "double", 21)).toBe(42);
    await expect(controlCall(path, "refuse")).rejects.toMatchObject({
      message: "not now",
      details: { exit: "conflict", code: "BUSY", hint: "wait" },
    });
    await expect(controlCall(path, "nonsense")).rejects.toMatchObject({ details: { code: "CONTROL_UNKNOWN" } });
  });

  test("tells nobody there from somebody who hangs", async () => {
    await expect(controlCall(path, "x")).rejects.toMatchObject({
      details: { code: "CONTROL_ABSENT", exit: "notRunning" },
    });
    (await open()).on("hang", () => new Promise(() => {}));
    await expect(controlCall(path, "hang", undefined, { timeoutMs: 50 })).rejects.toMatchObject({
      details: { code: "CONTROL_TIMEOUT", exit: "timeout" },
    });
  });

  test("streams until the watcher leaves", async () => {
    const server = await open();
    let left = false;
    server.stream("count", (_params, emit, signal) => {
      for (let index = 0; index < 3; index++) emit(index);
      signal.addEventListener("abort", () => {
        left = true;
      });
    });
    const seen: unknown[] = [];
    const watch = await controlWatch(path, "count", undefined, (event) => seen.push(event));
    await expect.poll(() => seen).toEqual([0, 1, 2]);
    watch.close();
    await expect.poll(() => left).toBe(true);
  });

  test("a line that is not a request harms nobody", async () => {
    const server = await open();
    server.on("ping", () => "pong");
    const { connect } = await import("node:net");
    const socket = connect(path);
    socket.write('nonsense\n{"id":"x"}\n[]\n');
    const [chunk] = await once(socket, "data");
    expect(String(chunk)).toContain("CONTROL_MALFORMED");
    socket.destroy();
    expect(await controlCall(path, "ping")).toBe("pong");
  });
});

describe("one instance", () => {
  test("OP-02 of many that start at the same time exactly one gets the socket", async () => {
    writeFileSync(path, "left behind by a killed process");
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, open));
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const attempt of attempts) {
      if (attempt.status === "rejected") expect(attempt.reason.details).toMatchObject({ exit: "conflict" });
    }
  });

  test("OP-02 the lock dies with its process, kill -9 included", async () => {
    const script = `
      import { openControlServer } from ${JSON.stringify(join(import.meta.dirname, "../../../src/adapters/process/control-server.ts"))};
      await openControlServer(${JSON.stringify(path)});
      console.log("held");`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await expect(open()).rejects.toMatchObject({ details: { code: "INSTANCE_RUNNING" } });
    child.kill("SIGKILL");
    await once(child, "exit");
    const server = await open();
    server.on("ping", () => "pong");
    expect(await controlCall(path, "ping")).toBe("pong");
  });
});

describe("listening", () => {
  test("a taken port is a conflict that names the port and its holder", async () => {
    const first = createServer();
    const { port } = await listenOn(first, { host: "127.0.0.1", port: 0 });
    const second = createServer();
    await expect(listenOn(second, { host: "127.0.0.1", port })).rejects.toMatchObject({
      message: `Port ${port} on 127.0.0.1 is taken.`,
      details: { exit: "conflict", code: "PORT_TAKEN", found: expect.stringContaining(`pid ${process.pid}`) },
    });
    const elsewhere = await listenOnOrAnywhere(second, { host: "127.0.0.1", port });
    expect(elsewhere.port).not.toBe(port);
    first.close();
    second.close();
  });
});
