import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import type { Incident } from "../../src/ops/incident/incident.ts";
import { loadConfig } from "../../src/runtime/config.ts";
import { databaseUrl } from "../../src/runtime/database.ts";
import { startMailServer, startWebReceiver } from "../support/receivers.ts";
import { startAlertmanager } from "../support/servers/prometheus-server.ts";
import { tttInOwnHome } from "../support/ttt.ts";
import { until } from "../support/until.ts";

type Receiver = Awaited<ReturnType<typeof startWebReceiver>>;

let stack: ReturnType<typeof tttInOwnHome>;
let desk: Receiver;
let boss: Receiver;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let sql: Postgres;

beforeAll(async () => {
  [desk, boss, mail] = [
    await startWebReceiver(),
    await startWebReceiver(),
    await startMailServer("ttt", "Vt8xq2LmPz4RkW7"),
  ];
  const contacts = [
    { name: "desk", channel: "webhook", to: "TTT_DESK_URL", signedWith: "TTT_WEBHOOK_KEY" },
    { name: "boss", channel: "slack", to: "TTT_BOSS_URL", severity: "sev1", afterSeconds: 3 },
    { name: "chief", channel: "email", to: "chief@desk.example", audience: "executives", severity: "sev1" },
  ];
  stack = tttInOwnHome({
    TTT_INCIDENT_CONTACTS: JSON.stringify(contacts),
    TTT_INCIDENT_SMTP_URL: mail.url,
    TTT_DESK_URL: desk.url,
    TTT_BOSS_URL: boss.url,
  });
});
afterAll(async () => {
  await sql?.close();
  await stack?.remove();
  await desk?.close();
  await boss?.close();
  await mail?.close();
});

const ttt = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await stack.ttt(...args, "--json");
  expect(exitCode, stdout + stderr).toBe(0);
  return JSON.parse(stdout).data;
};
const toldDesk = (incident: string) =>
  desk.posts.map(({ body }) => JSON.parse(body)).filter((notice) => notice.incident === incident);
const escalatedToBoss = (incident: string) =>
  boss.posts.filter(({ body }) => body.includes(`${incident} NOT ACKNOWLEDGED`));
const findOpen = async (title: RegExp): Promise<Incident | undefined> =>
  (await ttt("incident", "list")).find((one: Incident) => title.test(one.title));
const pidOf = async (instance: string): Promise<number | undefined> => {
  // Its exit code says that something is wrong, which is what is waited for here.
  const { instances } = (await stack.ttt("status", "--json")).json().data;
  return instances.find((one: { instance: string }) => one.instance === instance)?.pid ?? undefined;
};
/** Opens one on a stack that runs. Where the database did not answer at once it was taken up from the disk since. */
async function openOnRecord(title: string, severity: string): Promise<Incident> {
  const { incident } = await ttt("incident", "open", title, "--severity", severity);
  await until("it on record", async () => (await findOpen(new RegExp(title)))?.id === incident.id);
  return incident;
}
const timelineOf = async (id: string): Promise<{ kind: string; what: string; seq: number }[]> =>
  (await ttt("incident", "show", id)).timeline;

describe("OR-05 incidents of a stack", () => {
  let offline: string;

  test("OM-05 init writes the secrets, and the check finds the slip and nothing else", async () => {
    expect(await ttt("init", "--dry-run")).toMatchObject({ written: false, generated: expect.any(Array) });
    const { path } = await ttt("init");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await stack.ttt("init", "--json")).exitCode).toBe(17);
    expect(await ttt("config", "check")).toMatchObject({ exists: true, findings: [] });
    chmodSync(path, 0o644);
    const open = await stack.ttt("config", "check", "--json");
    expect(open.json().data.findings).toMatchObject([{ name: path, problem: "readable" }]);
    expect(open.stderr).toContain(`chmod 600 ${path}`);
    chmodSync(path, 0o600);
    const weak = await stack.run(["config", "check", "--json"], { TTT_WEBHOOK_KEY: "changeme" });
    expect([weak.exitCode, weak.json().data.findings]).toMatchObject([
      10,
      [{ name: "TTT_WEBHOOK_KEY", problem: "weak" }],
    ]);
    expect(weak.stdout + weak.stderr).not.toContain("changeme");
  });

  test("OR-05 with nothing running an incident is opened on disk, and people are told all the same", async () => {
    const opened = await ttt("incident", "open", "power in rack 3", "--severity", "sev1");
    expect(opened).toMatchObject({ kept: "disk", notified: "process", incident: { state: "open" } });
    offline = opened.incident.id;
    await until("the desk to be told", () => toldDesk(offline).length > 0);
    await until("the mail", () => mail.mails.length > 0);
    expect(toldDesk(offline)).toMatchObject([{ what: "opened", title: "power in rack 3", severity: "sev1" }]);
  });

  test("OR-05 once the stack is up the incident is in the database, once, and nobody is told again", async () => {
    await ttt("up");
    sql = await openPostgres(databaseUrl(await loadConfig({ TTT_HOME: stack.home })));
    await until("it to be taken up", async () => (await findOpen(/rack 3/)) !== undefined);
    // Nobody could take it while there was no database: that is too long, once.
    await until("its escalation", () => escalatedToBoss(offline).length > 0);
    await ttt("incident", "ack", offline.slice(-5));
    await ttt("incident", "resolve", offline, "--how", "power is back");
    await until("its resolution to be told", () => toldDesk(offline).length === 2);
    expect(toldDesk(offline).map(({ what }) => what)).toEqual(["opened", "resolved"]);
    expect(escalatedToBoss(offline)).toHaveLength(1);
    const kinds = (await timelineOf(offline)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "incident.opened")).toHaveLength(1);
  });

  test("OR-05 nobody acknowledges: it escalates, although the supervisor was killed meanwhile", async () => {
    const incident = await openOnRecord("strange fills", "sev2");
    const log = readFileSync(join(stack.home, "logs", "supervisor.log"), "utf8");
    process.kill(Number(/"pid":(\d+)/.exec(log)?.[1]), "SIGKILL");
    await ttt("incident", "grade", "--severity", "sev1", "--reason", "they are ours");
    // Any look at the stack has a new supervisor started, which takes over what runs and what waits.
    await stack.ttt("status");
    await until("the escalation", () => escalatedToBoss(incident.id).length > 0);
    await ttt("incident", "assign", "--role", "commander", "--to", "cid");
    const { incident: resolved } = await ttt("incident", "resolve", "--how", "a drill");
    expect(resolved).toMatchObject({ severity: "sev1", roles: { commander: "cid" } });
  });

  test("OP-06 OR-06 a crash loop opens an incident, and its timeline fills itself", async () => {
    for (let crash = 0; crash < 5; crash++) {
      const pid = await until("a running backtester", () => pidOf("backtester-1"));
      process.kill(pid, "SIGKILL");
      await until("its end to be seen", async () => (await pidOf("backtester-1")) !== pid);
    }
    const { id } = await until("an incident", () => findOpen(/backtester-1 does not stay up/));
    await ttt("incident", "ack", id);
    await ttt("flag", "set", "backtest.admission", "off", "--for", "1h", "--reason", "mending");
    expect((await stack.ttt("kill", "--reason", "to be safe", "--json")).exitCode).toBe(0);
    await ttt("start", "backtester-1");
    await until(
      "the incident to be mitigated",
      async () => (await ttt("incident", "show", id)).incident.state === "mitigated",
    );

    const told = [
      /command\.ran up --json ended with 0/,
      /service\.quarantined backtester-1/,
      /incident\.opened opened as sev2: backtester-1 does not stay up/,
      /incident\.notified opened told to desk by webhook/,
      /supervisor\.started/,
      /flag\.set flag backtest\.admission is off, was on: mending/,
      /trading-level\.raised trading level BLOCK for global: to be safe/,
      /kill\.evidence kill of global is verified/,
      /command\.ran start backtester-1 --json ended with 0/,
      /service\.ready backtester-1 is ready/,
      /incident\.mitigated mitigated: .*CrashLoop/,
    ];
    let words = "";
    // Each writes its own rows, at once or a moment later.
    await until("the whole story", async () => {
      words = (await timelineOf(id)).map(({ kind, what }) => `${kind} ${what}`).join("\n");
      return told.every((row) => row.test(words));
    }).catch(() => {});
    for (const row of told) expect(words).toMatch(row);
    expect(words).not.toContain("incident.noted");
    await ttt("incident", "resolve", id, "--how", "it was killed by hand");
  });

  test("OR-05 a status update says how things stand, to each audience what it may know", async () => {
    const incident = await openOnRecord("odd prices", "sev3");
    const executives = await ttt("incident", "update", "--for", "executives", "--message", "We look into it.");
    expect(executives).toMatchObject({ incident: incident.id, contacts: ["chief"], sent: true });
    expect(executives.text).toContain("Trading is stopped.");
    await until("every service to be well", async () => (await stack.ttt("status")).exitCode === 0);
    const forDesk = (await ttt("incident", "update", incident.id, "--for", "desk", "--dry-run")).text;
    expect(forDesk).toMatch(/Trading level: BLOCK\.\nServices: all \d+ as they should be\./);
    const forVenue = (await ttt("incident", "update", "--for", "venue", "--dry-run")).text;
    expect(forVenue).toContain("We are not sending new orders.");
    expect(forVenue).not.toMatch(/odd prices|BLOCK|[Pp]osition|result/);
    await until("the chief's mail", () => mail.mails.some(({ source }) => source.includes("We look into it.")));
    await ttt("incident", "resolve", "--how", "the venue's");
  });
});

describe("OA-06 from an alert to the post-mortem", () => {
  test("OA-06 OR-06 with no line written by hand; a row changed behind the journal's back is found", async () => {
    const { url } = JSON.parse(readFileSync(join(stack.home, "run", "api.json"), "utf8"));
    const token = readFileSync(join(stack.home, "secrets", "api.token"), "utf8").trim();
    const alertmanager = await startAlertmanager(`${url}/v1/alerts`, token);
    const alert = {
      labels: { alertname: "StaleFeed", severity: "warning", instance: "worker-1", instrument: "SYN-USD" },
      annotations: { summary: "SYN-USD is silent for 45s" },
      startsAt: new Date(Date.now() - 45_000).toISOString(),
    };
    const send = (more: object) =>
      fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([{ ...alert, ...more }]),
      });
    let id: string;
    try {
      await ttt("restart", "paper-venue");
      await send({});
      id = (await until("an incident", () => findOpen(/SYN-USD is silent/))).id;
      await until("the desk to be told", () => toldDesk(id).length > 0);
      await send({ endsAt: new Date().toISOString() });
      await until("its end", async () => (await ttt("incident", "show", id)).incident.state === "resolved");
    } finally {
      await alertmanager.remove();
    }
    const out = join(stack.folder, "post-mortem.md");
    const { figures, timeline } = await ttt("incident", "postmortem", id, "--out", out);
    expect(figures).toMatchObject({ beganAt: Date.parse(alert.startsAt), beganBy: "StaleFeed" });
    const draft = readFileSync(out, "utf8");
    expect(draft).toMatch(/\| Detected \| .* \| time to detect \d+/);
    expect(draft).toMatch(/\| Mitigated \| .* \| time to mitigate \d+/);
    expect(draft).toMatch(/## Market impact\n\nFrom .*: \d+ orders/);
    expect(draft).toContain("StaleFeed ended: SYN-USD is silent for 45s");
    const rows = await sql.query<{ seq: number }>("SELECT seq FROM journal");
    const seqs = new Set(rows.map(({ seq }) => seq));
    for (const { seq } of timeline) expect(seqs).toContain(seq);
    expect(timeline.map(({ kind }: { kind: string }) => kind)).not.toContain("incident.noted");

    expect((await ttt("audit", "verify")).rows).toBeGreaterThan(20);
    const row = timeline.find(({ kind }: { kind: string }) => kind === "incident.opened").seq;
    await sql.query("ALTER TABLE journal DISABLE TRIGGER journal_is_append_only");
    await sql.query("UPDATE journal SET body = replace(body, 'silent', 'noisy') WHERE seq = $1", [row]);
    const verify = await stack.ttt("audit", "verify", "--json");
    expect([verify.exitCode, verify.json().error]).toMatchObject([
      17,
      {
        code: "JOURNAL_BROKEN",
        message: `The journal is broken at row ${row}: its content was changed after it was written.`,
      },
    ]);
    expect((await stack.ttt("incident", "postmortem", id, "--json")).exitCode).toBe(17);
  });
});
