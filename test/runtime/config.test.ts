import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { probe } from "../../src/ops/probe.ts";
import { stackServices } from "../../src/ops/stack.ts";
import { loadConfig } from "../../src/runtime/config.ts";
import { writeDesired } from "../../src/runtime/desired-stack.ts";
import { defaultHome, statePaths } from "../../src/runtime/paths.ts";
import { redact } from "../../src/runtime/redaction.ts";
import { stackShape } from "../../src/runtime/stack-shape.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ttt-config-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const entry = async (env: Record<string, string>, name: string) =>
  (await loadConfig({ TTT_HOME: home, ...env })).entries.find((one) => one.name === name);

describe("sources", () => {
  test("OP-01 every value knows where it comes from: default, file, environment", async () => {
    expect(await entry({}, "worker.count")).toMatchObject({ value: 1, source: "default" });
    writeFileSync(join(home, "ttt.yaml"), "worker:\n  count: 3\napi:\n  port: 8123\n");
    expect(await entry({}, "worker.count")).toMatchObject({ value: 3, source: `file ${join(home, "ttt.yaml")}` });
    expect(await entry({ TTT_WORKER_COUNT: "5" }, "worker.count")).toMatchObject({
      value: 5,
      source: "environment TTT_WORKER_COUNT",
    });
    expect(await entry({ TTT_WORKER_COUNT: "5" }, "api.port")).toMatchObject({ value: 8123 });
  });

  test("OP-01 OP-04 probes are a list in the stack file or JSON in the environment, and take the place of the built-in ones", async () => {
    const names = async (env: Record<string, string>) => (await entry(env, "api.probes"))?.value;
    expect(await names({})).toBe("readiness http /healthz, liveness http /healthz");
    expect(await names({ TTT_API_PROBES: "[]" })).toBe("");
    writeFileSync(
      join(home, "ttt.yaml"),
      "worker:\n  probes:\n    - { for: liveness, exec: [test, -e, /tmp], everyMs: 500, bad: 2 }\n    - { for: startup, tcp: 'db:5432' }\n",
    );
    expect((await loadConfig({ TTT_HOME: home })).worker.probes).toEqual([
      probe("liveness", { kind: "exec", command: ["test", "-e", "/tmp"] }, { everyMs: 500, bad: 2 }),
      probe("startup", { kind: "tcp", address: "db:5432" }),
    ]);
  });

  test.each([
    ['[{"for":"readiness"}]', "a probe has exactly one of http, tcp and exec"],
    ['[{"for":"readiness","http":"/a","tcp":"b:1"}]', "a probe has exactly one of http, tcp and exec"],
    ['[{"for":"readiness","tcp":"nowhere"}]', "tcp is HOST:PORT"],
    ['[{"for":"readiness","http":"healthz"}]', "http is a path, or an address"],
    ['[{"for":"always","http":"/healthz"}]', "Invalid option"],
    ["often", "expected array"],
  ])("OP-01 OP-04 a probe that is none is refused with its place: %s", async (text, words) => {
    const refused = loadConfig({ TTT_HOME: home, TTT_API_PROBES: text });
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toMatchObject({ details: { found: "environment TTT_API_PROBES" } });
  });

  test("OP-01 the stack file makes the stack: which services, how many, with which limits, in which profile", async () => {
    const services = async (text: string) => {
      writeFileSync(join(home, "ttt.yaml"), text);
      return stackServices(stackShape(await loadConfig({ TTT_HOME: home })));
    };
    const built = await services("{}");
    expect(built.map(({ name, kind, count, scalable }) => `${name} ${kind} ${count}${scalable ? "+" : ""}`)).toEqual([
      ...["postgres server 1", "migrations job 1", "paper-venue daemon 1", "api daemon 1"],
      ...["worker daemon 1+", "backtester daemon 1+"],
    ]);
    const urls = "database: {url: 'postgres://a'}\nredis: {url: 'redis://a'}\namqp: {url: 'amqp://a'}\n";
    const own = await services(
      `${urls}worker: {count: 3, memoryMb: 500}\nbacktester: {count: 0}\nvenue: {name: ccxt}\n`,
    );
    expect(own.map(({ name, count }) => `${name} ${count}`)).toEqual([
      ...["migrations 1", "api 1", "worker 3", "backtester 0"],
    ]);
    expect(own.find(({ name }) => name === "worker")?.memoryLimitBytes).toBe(500e6);
  });

  test("OP-01 a second terminal means the stack that runs, whatever its own shell holds", async () => {
    const environment = { TTT_API_PORT: "9001" };
    writeDesired(statePaths(home), { stopped: [], quarantined: {}, ends: {}, counts: {}, environment, folder: "/" });
    expect(await entry({}, "api.port")).toMatchObject({
      value: 9001,
      source: "running stack (TTT_API_PORT of ttt up)",
    });
    expect((await loadConfig({ TTT_HOME: home }, { ignoreRunning: true })).api.port).toBe(0);
  });

  test.each(["", "{", "null"])(
    "OP-01 what the stack remembers of itself, half written (%j), keeps no command from working",
    async (text) => {
      writeFileSync(join(home, "desired.json"), text);
      expect((await loadConfig({ TTT_HOME: home })).worker.count).toBe(1);
    },
  );

  test.each([
    ["worker:\n  count: many\n", "worker.count"],
    ["worker:\n  cuont: 2\n", "worker.cuont"],
    ["wroker: {count: 2}\n", "wroker"],
    ["- a list\n", "stack file"],
    ["worker: [\n", "stack file"],
  ])("OP-01 a wrong stack file is named with what is wrong: %j", async (text, named) => {
    writeFileSync(join(home, "ttt.yaml"), text);
    await expect(loadConfig({ TTT_HOME: home })).rejects.toMatchObject({
      message: expect.stringContaining(named),
      details: { exit: "configuration" },
    });
  });

  test("OP-01 also of a name that no setting has the file is named", async () => {
    writeFileSync(join(home, "ttt.yaml"), "wroker: {count: 2}\n");
    await expect(loadConfig({ TTT_HOME: home })).rejects.toMatchObject({
      details: { found: `file ${join(home, "ttt.yaml")}` },
    });
  });

  test("OP-01 text where a number belongs is named with its variable", async () => {
    await expect(loadConfig({ TTT_HOME: home, TTT_WORKER_COUNT: "two" })).rejects.toMatchObject({
      details: { code: "CONFIG_INVALID", found: "environment TTT_WORKER_COUNT" },
    });
  });
});

describe("forgiving: what must work whatever stands there", () => {
  const forgiving = (env: Record<string, string> = {}) => loadConfig({ TTT_HOME: home, ...env }, { forgiving: true });

  test("KS-21 what is wrong is left out and said, and the rest holds", async () => {
    const file = join(home, "ttt.yaml");
    writeFileSync(file, "worker: {count: many}\nwroker: {count: 2}\npaper: {seed: 7}\ntrading: 5\n");
    const { worker, paper, leftOut } = await forgiving({ TTT_API_PORT: "none", TTT_TRADING_CASH: "5" });
    expect({ count: worker.count, seed: paper.seed }).toEqual({ count: 1, seed: 7 });
    expect(leftOut).toHaveLength(3);
    expect(leftOut.join("\n")).toContain(`wroker`);
    expect(leftOut.join("\n")).toContain(
      `worker.count is not valid: Invalid input: expected number, received string (file ${file})`,
    );
    expect(leftOut.join("\n")).toContain("(environment TTT_API_PORT)");
  });

  test.each(["worker: [\n", "- a list\n"])("KS-21 a stack file that cannot be read at all: %j", async (text) => {
    writeFileSync(join(home, "ttt.yaml"), text);
    expect(await forgiving()).toMatchObject({
      worker: { count: 1 },
      leftOut: [expect.stringContaining(join(home, "ttt.yaml"))],
    });
  });

  test("KS-21 a secrets file with a broken line, and only some of the service addresses", async () => {
    const broken = join(home, "broken.env");
    writeFileSync(broken, "no line\n", { mode: 0o600 });
    const { profile, database, leftOut } = await forgiving({
      TTT_SECRETS_FILE: broken,
      DATABASE_URL: "postgresql://a@h/d",
    });
    expect({ profile, url: database.url }).toEqual({ profile: "services", url: "postgresql://a@h/d" });
    expect(leftOut.join("\n")).toMatch(/broken\.env.*line 1.*\n.*missing: REDIS_URL, AMQP_URL/);
  });

  test("nothing is left out of a configuration that is right", async () => {
    expect((await forgiving()).leftOut).toEqual([]);
  });
});

describe("profiles", () => {
  const urls = { DATABASE_URL: "postgresql://a:sesame-open@h/d", REDIS_URL: "redis://h", AMQP_URL: "amqp://h" };

  test("all three addresses make the services profile, none the embedded one, some are a mistake", async () => {
    expect((await loadConfig({ TTT_HOME: home })).profile).toBe("embedded");
    expect((await loadConfig({ TTT_HOME: home, ...urls })).profile).toBe("services");
    await expect(loadConfig({ TTT_HOME: home, DATABASE_URL: urls.DATABASE_URL })).rejects.toMatchObject({
      details: { code: "CONFIG_PROFILE", found: "missing: REDIS_URL, AMQP_URL" },
    });
  });

  test("OP-11 secrets are masked in the display, and the password in an address is known to the redaction", async () => {
    const { entries } = await loadConfig({ TTT_HOME: home, ...urls });
    expect(JSON.stringify(entries)).not.toContain("sesame");
    expect(redact("cannot log in with sesame-open as a")).toBe("cannot log in with [redacted] as a");
  });

  test("OP-11 of the address of a receiver its path is a secret by itself, in whole and its key alone", async () => {
    const contact = { name: "desk", channel: "slack", to: "TTT_SLACK_DESK_URL" };
    await loadConfig({
      TTT_HOME: home,
      TTT_INCIDENT_CONTACTS: JSON.stringify([contact]),
      TTT_SLACK_DESK_URL: "https://hooks.example/services/T01/B02/k3y0f5l4ckc0ntact",
    });
    expect(redact("no route /services/T01/B02/k3y0f5l4ckc0ntact here")).toBe("no route [redacted] here");
    expect(redact("unknown key k3y0f5l4ckc0ntact")).toBe("unknown key [redacted]");
  });
});

describe("state directory", () => {
  test("lies where TTT_HOME, XDG or the custom of the user says", () => {
    expect(defaultHome({ TTT_HOME: "/x/y" }, 1000)).toBe("/x/y");
    expect(defaultHome({ XDG_STATE_HOME: "/s" }, 1000)).toBe("/s/ttt");
    expect(defaultHome({}, 0)).toBe("/var/lib/ttt");
    expect(defaultHome({}, 1000)).toMatch(/\.local\/state\/ttt$/);
  });

  test("socket addresses stay below the kernel's limit, and two stacks never share one", () => {
    const deep = `/tmp/${"deep/".repeat(40)}`;
    const paths = [statePaths(`${deep}a`), statePaths(`${deep}b`), statePaths("/tmp/a")];
    for (const one of paths) expect(Buffer.byteLength(one.controlSocket("backtester-64"))).toBeLessThan(108);
    expect(new Set(paths.map(({ run }) => run)).size).toBe(3);
  });
});
