import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkConfig } from "../../src/runtime/check-config.ts";
import { loadConfig } from "../../src/runtime/config.ts";
import { redact } from "../../src/runtime/redaction.ts";
import { writeSecretsFile } from "../../src/runtime/secrets-file.ts";

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ttt-secrets-"));
  file = join(home, "conf", "secrets.env");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (text: string, mode = 0o600) => {
  mkdirSync(join(home, "conf"), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
};
const check = async (env: Record<string, string> = {}) =>
  (await checkConfig({ TTT_HOME: home, ...env })).findings.map(({ name, problem }) => [name, problem]);
const STRONG = "Vt8xq2LmPz4RkW7nBs9d";
const contacts = (list: object[]) => ({ TTT_INCIDENT_CONTACTS: JSON.stringify(list) });

describe("OM-05 the secrets file", () => {
  test("OM-05 init writes it for its owner alone, with strong values that differ each time, and never over another", async () => {
    writeSecretsFile(file, "services");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const first = readFileSync(file, "utf8");
    const [, password = ""] = /^TTT_POSTGRES_PASSWORD=(.+)$/m.exec(first) ?? [];
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(first).toContain(`\nDATABASE_URL=postgresql://ttt:${password}@127.0.0.1:5432/ttt\n`);
    expect(() => writeSecretsFile(file, "embedded")).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ code: "SECRETS_FILE_EXISTS" }) }),
    );
    expect(readFileSync(file, "utf8")).toBe(first);
    const config = await loadConfig({ TTT_HOME: home });
    expect(config.profile).toBe("services");
    expect(redact(`login with ${password} failed`)).toBe("login with [redacted] failed");
    expect(await check()).toEqual([]);

    rmSync(file);
    writeSecretsFile(file, "embedded");
    expect(readFileSync(file, "utf8")).not.toContain(password);
    expect((await loadConfig({ TTT_HOME: home })).profile).toBe("embedded");
    expect(await check()).toEqual([]);
  });

  test("OM-05 the environment goes over it, it goes over the stack file, and a running stack does not remember it", async () => {
    write("# comment\nexport TTT_API_PORT='8001'\nTTT_WORKER_COUNT=\"3\"\n\n");
    writeFileSync(join(home, "ttt.yaml"), "worker:\n  count: 2\nbacktester:\n  count: 4\n");
    const config = await loadConfig({ TTT_HOME: home, TTT_API_PORT: "9001" });
    expect([config.api.port, config.worker.count, config.backtester.count]).toEqual([9001, 3, 4]);
    const sources = Object.fromEntries(config.entries.map(({ name, source }) => [name, source]));
    expect(sources).toMatchObject({ "worker.count": `file ${file}`, "api.port": "environment TTT_API_PORT" });
    expect(config.environment).toEqual({ TTT_API_PORT: "9001" });
  });

  test("OM-05 a line that is none is named by its number, never by its text", async () => {
    write(`TTT_API_PORT=8001\nhalf a ${STRONG}\n`);
    const failure = await loadConfig({ TTT_HOME: home }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ details: { exit: "configuration", found: "something else in line 2" } });
    expect(JSON.stringify(failure)).not.toContain(STRONG);
  });
});

describe("OM-05 config check", () => {
  test("OM-05 missing: what contacts and the servers of compose need", async () => {
    write(
      `TTT_POSTGRES_PASSWORD=${STRONG}\nDATABASE_URL=postgresql://ttt:${STRONG}@h/d\nREDIS_URL=redis://:${STRONG}@h\nAMQP_URL=amqp://ttt:${STRONG}@h\n`,
    );
    const env = contacts([
      { name: "desk", channel: "slack", to: "TTT_SLACK_DESK_URL" },
      { name: "ops", channel: "webhook", to: "TTT_OWN_URL", signedWith: "TTT_OWN_KEY" },
      { name: "mail", channel: "email", to: "a@desk.example" },
    ]);
    expect(await check(env)).toEqual([
      ["TTT_REDIS_PASSWORD", "missing"],
      ["TTT_RABBITMQ_PASSWORD", "missing"],
      ["TTT_GRAFANA_PASSWORD", "missing"],
      ["TTT_SLACK_DESK_URL", "missing"],
      ["TTT_OWN_URL", "missing"],
      ["TTT_OWN_KEY", "missing"],
      ["TTT_INCIDENT_SMTP_URL", "missing"],
    ]);
  });

  test.each([
    ["changeme", "everybody knows it"],
    ["ttt", "everybody knows it"],
    ["Ab3dEf7h", "it is shorter than 12 characters"],
    ["ababababababab", "it repeats a few characters"],
    ["<put it here>", "it is a placeholder"],
  ])("OM-05 weak: %s, because %s", async (password, because) => {
    write(`TTT_REDIS_PASSWORD=${password}\n`);
    const { findings } = await checkConfig({ TTT_HOME: home });
    expect(findings).toMatchObject([{ name: "TTT_REDIS_PASSWORD", problem: "weak", text: because }]);
  });

  test("OM-05 weak: passwords inside addresses, also those of the environment; none shows a secret", async () => {
    const urls = {
      DATABASE_URL: "postgresql://ttt:guest@db/d",
      REDIS_URL: "redis://elsewhere",
      AMQP_URL: "amqp://127.0.0.1",
    };
    const { findings } = await checkConfig({ TTT_HOME: home, ...urls });
    expect(findings.map(({ name, text }) => [name, text])).toEqual([
      ["DATABASE_URL", "its password: everybody knows it"],
      ["REDIS_URL", "its password: it has no password"],
    ]);
    expect(JSON.stringify(findings)).not.toContain("guest");
  });

  test("OM-05 readable: the file, and the secrets that ttt keeps by itself", async () => {
    write("", 0o644);
    mkdirSync(join(home, "secrets"));
    writeFileSync(join(home, "secrets", "api.token"), "x");
    chmodSync(join(home, "secrets", "api.token"), 0o640);
    expect(await check()).toEqual([
      [file, "readable"],
      [join(home, "secrets", "api.token"), "readable"],
    ]);
  });

  test("OM-05 unusable: each broken line and setting is a finding beside the others, and an address that is none", async () => {
    write(
      `half a ${STRONG}\nTTT_REDIS_PASSWORD=ttt\nDATABASE_URL=postgresql://a:${STRONG}@h/d\nTTT_OWN_URL=hook\n`,
      0o644,
    );
    const env = { ...contacts([{ name: "own", channel: "webhook", to: "TTT_OWN_URL" }]), TTT_WORKER_COUNT: "many" };
    const { findings } = await checkConfig({ TTT_HOME: home, ...env });
    expect(findings.map(({ name, problem }) => [name, problem])).toEqual([
      ...Array.from({ length: 3 }, () => ["configuration", "unusable"]),
      [file, "readable"],
      ["TTT_POSTGRES_PASSWORD", "missing"],
      ["TTT_RABBITMQ_PASSWORD", "missing"],
      ["TTT_GRAFANA_PASSWORD", "missing"],
      ["TTT_OWN_URL", "unusable"],
      ["TTT_REDIS_PASSWORD", "weak"],
    ]);
    expect(findings.map(({ text }) => text).join("\n")).toMatch(/in line 1.*\n.*worker\.count.*\n.*missing: REDIS_URL/);
    expect(JSON.stringify(findings)).not.toContain(STRONG);
  });

  test("OM-05 unused: a slip in a name is named; what a contact names is used", async () => {
    write(`TTT_API_PROT=1\nTTT_OWN_URL=https://hook.example/x\nTTT_STALE_URL=https://hook.example/y\n`);
    expect(await check(contacts([{ name: "own", channel: "webhook", to: "TTT_OWN_URL" }]))).toEqual([
      ["TTT_API_PROT", "unused"],
      ["TTT_STALE_URL", "unused"],
    ]);
  });
});

describe("OR-05 contacts in the configuration", () => {
  test("OR-05 come from the stack file or the environment, with defaults, and their secrets by name", async () => {
    write("TTT_SLACK_DESK_URL=https://hooks.slack.example/T0/B0/secret-part\n");
    writeFileSync(
      join(home, "ttt.yaml"),
      "incident:\n  mailFrom: ttt@desk.example\n  contacts:\n    - {name: desk, channel: slack, to: TTT_SLACK_DESK_URL}\n    - {name: head, channel: email, to: h@desk.example, severity: sev1, afterSeconds: 300, audience: executives}\n",
    );
    const { incident, secrets, entries } = await loadConfig({ TTT_HOME: home });
    expect(incident.contacts).toMatchObject([
      { name: "desk", audience: "desk", severity: "sev4", afterSeconds: 0 },
      { name: "head", audience: "executives", severity: "sev1", afterSeconds: 300 },
    ]);
    expect(secrets).toEqual({ TTT_SLACK_DESK_URL: "https://hooks.slack.example/T0/B0/secret-part" });
    expect(entries.find(({ name }) => name === "incident.contacts")?.value).toBe("desk, head");
    expect(redact("see https://hooks.slack.example/T0/B0/secret-part")).toBe("see [redacted]");
  });

  test.each([
    [[{ name: "desk", channel: "slack", to: "https://hooks.slack.example/x" }], /`to` is e-mail addresses, or/],
    [[{ name: "desk", channel: "email", to: "TTT_MAIL" }], /`to` is e-mail addresses, or/],
    [[{ name: "a", channel: "pigeon", to: "TTT_X" }], /Invalid option/],
    [
      [
        { name: "a", channel: "slack", to: "TTT_X" },
        { name: "a", channel: "teams", to: "TTT_Y" },
      ],
      /the same name/,
    ],
  ])("OR-05 a wrong contact stops everything, and says why: %j", async (list, why) => {
    await expect(loadConfig({ TTT_HOME: home, ...contacts(list) })).rejects.toMatchObject({
      message: expect.stringMatching(why),
      details: { code: "CONFIG_INVALID" },
    });
  });
});
