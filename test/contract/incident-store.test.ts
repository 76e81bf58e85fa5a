import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { verifyJournal } from "../../src/actions/audit-journal.ts";
import { changeIncident, type IncidentChange } from "../../src/actions/incidents/change-incident.ts";
import { deliverNotices } from "../../src/actions/incidents/deliver-notices.ts";
import { changeAnyway, openAnyway } from "../../src/actions/incidents/open-anyway.ts";
import { openIncident, requestIncident } from "../../src/actions/incidents/open-incident.ts";
import { findIncident, readIncident } from "../../src/actions/incidents/read-incident.ts";
import { takeSignals } from "../../src/actions/incidents/take-signals.ts";
import { takeUpSpool } from "../../src/actions/incidents/take-up-spool.ts";
import { OfflineNotices } from "../../src/actions/incidents/tell-offline.ts";
import { writePostMortem } from "../../src/actions/incidents/write-post-mortem.ts";
import { FileJournalSpool } from "../../src/adapters/files/file-journal-spool.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresImpactRecord } from "../../src/adapters/postgres/postgres-impact-record.ts";
import { PostgresIncidentStore } from "../../src/adapters/postgres/postgres-incident-store.ts";
import { PostgresJournal } from "../../src/adapters/postgres/postgres-journal.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { OperatorError, OutageError } from "../../src/core/errors.ts";
import type { Contact } from "../../src/ops/incident/contact.ts";
import { NotAccepted } from "../../src/ops/incident/not-accepted.ts";
import type { Signal } from "../../src/ops/incident/signal.ts";
import type { Notifier } from "../../src/ports/notifier.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

let postgres: Postgres;
let incidents: PostgresIncidentStore;
let journal: PostgresJournal;
let spool: FileJournalSpool;
const opened: Postgres[] = [];
const folders: string[] = [];

beforeEach(async () => {
  postgres = await openPostgres(await migratedDatabase());
  opened.push(postgres);
  incidents = new PostgresIncidentStore(postgres);
  journal = new PostgresJournal(postgres);
  folders.push(mkdtempSync(join(tmpdir(), "ttt-spool-")));
  spool = new FileJournalSpool(folders.at(-1)!);
});
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await Promise.all(opened.map((one) => one.close()));
});

const contact = (to: Partial<Contact> = {}): Contact => ({
  name: "desk",
  audience: "desk",
  channel: "webhook",
  to: "TTT_WEBHOOK_URL",
  severity: "sev4",
  afterSeconds: 0,
  note: "",
  ...to,
});
const ports = (contacts: readonly Contact[] = []) => ({ incidents, journal, spool, contacts, clock: systemClock });
const by = (actor: string, commandId: string = randomUUID()) => ({ actor, origin: "test", commandId });
const open = async (title = "odd fills", contacts: readonly Contact[] = []) =>
  (await openIncident(ports(contacts), requestIncident({ title, severity: "sev2" }, Date.now()), by("ann"))).incident;
const change = (id: string, what: IncidentChange, actor = "ann", contacts: readonly Contact[] = []) =>
  changeIncident(ports(contacts), id, what, by(actor));
const kindsOf = async (id: string) => (await journal.ofIncident(id)).map(({ kind }) => kind);
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof OperatorError ? error.details.code : Promise.reject(error)),
  );

/** A receiver in this process: what it was sent, and what it says to it. */
function receiver(answer: (name: string) => void = () => {}) {
  const sent: { contact: string; what: string; id: string; text: string }[] = [];
  const notifier: Notifier = {
    async send({ name }, { what, text }, id) {
      answer(name);
      sent.push({ contact: name, what, id, text });
    },
  };
  return { sent, notifier };
}
const deliver = (notifier: Notifier, contacts: readonly Contact[]) =>
  deliverNotices({ incidents, contacts, notifier, clock: systemClock, by: "test" });
/** What waits for later becomes due, as if its time had come. */
const makeDue = () => postgres.execute("UPDATE incident_notice SET due_at = clock_timestamp() WHERE state = 'waiting'");
const noticeStates = () =>
  postgres.query<{ contact: string; state: string; attempts: number; reason: string | null }>(
    "SELECT contact, state, attempts, reason FROM incident_notice ORDER BY id",
  );

describe("OR-05 an incident on record", () => {
  test("OR-05 goes from open to resolved, each step once a row of the journal, its state the sum of them", async () => {
    const { id } = await open();
    await change(id, { do: "acknowledge" }, "bob");
    await change(id, { do: "acknowledge" }, "eve");
    await change(id, { do: "assign", role: "commander", to: "cid" }, "bob");
    await change(id, { do: "grade", severity: "sev1", reason: "positions are wrong" });
    await change(id, { do: "mitigate", how: "blocked" });
    await change(id, { do: "reopen", why: "still there" });
    await change(id, { do: "mitigate", how: "blocked for good" });
    const done = await change(id, { do: "resolve", how: "mended" });
    expect(done).toMatchObject({
      ...{ state: "resolved", severity: "sev1", acknowledgedBy: "bob", mitigation: "blocked for good" },
      roles: { commander: "cid" },
      resolution: "mended",
    });
    expect(await kindsOf(id)).toEqual(
      ["opened", "acknowledged", "assigned", "graded", "mitigated", "reopened", "mitigated", "resolved"].map(
        (what) => `incident.${what}`,
      ),
    );
    const [assigned] = (await journal.ofIncident(id)).filter(({ kind }) => kind === "incident.assigned");
    expect(assigned?.body).toMatchObject({ role: "commander", to: "cid", from: "bob" });
    expect(await findIncident(incidents, id.slice(-5))).toEqual(done);
  });

  test("OR-05 a resolved incident takes notes and nothing else; unknown and ambiguous ones are named", async () => {
    const { id } = await open();
    await change(id, { do: "resolve", how: "nothing was wrong" });
    expect(await codeOf(change(id, { do: "mitigate", how: "x" }))).toBe("INCIDENT_RESOLVED");
    expect(await codeOf(change(id, { do: "assign", role: "trading", to: "bob" }))).toBe("INCIDENT_RESOLVED");
    await change(id, { do: "note", text: "seen again in the logs" });
    expect(await codeOf(change("inc-20260101-22222", { do: "acknowledge" }))).toBe("INCIDENT_UNKNOWN");
    expect(await codeOf(findIncident(incidents, undefined))).toBe("INCIDENT_NONE_OPEN");
    await Promise.all([open("one"), open("two")]);
    expect(await codeOf(findIncident(incidents, undefined))).toBe("INCIDENT_AMBIGUOUS");
  });

  test("OR-05 the same command again is the same change, also when both come at the same time", async () => {
    const request = requestIncident({ title: "once", severity: "sev3" }, Date.now());
    const command = by("ann");
    const desk = [contact()];
    const all = await Promise.all(Array.from({ length: 5 }, () => openIncident(ports(desk), request, command)));
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    const note = by("ann");
    const text = { do: "note", text: "the same" } as const;
    await Promise.all(Array.from({ length: 5 }, () => changeIncident(ports(), request.id, text, note)));
    expect(await kindsOf(request.id)).toEqual(["incident.opened", "incident.noted"]);
    expect(await noticeStates()).toHaveLength(1);
  });
});

describe("OR-05 offline", () => {
  const away = async () => {
    throw new OutageError("postgres", "connection refused");
  };

  test("OR-05 while the database is away incident and notes wait on disk, and are taken up once", async () => {
    const request = requestIncident({ title: "no database", severity: "sev1" }, Date.now() - 60_000);
    const anyway = { connect: away, spool };
    const done = await openAnyway(anyway, request, by("ann"));
    expect(done).toMatchObject({ kept: "disk", because: expect.stringContaining("refused") });
    expect(done.incident).toMatchObject({ id: request.id, state: "open", openedBy: "ann" });
    const note = { typed: request.id, change: { do: "note", text: "disk full" }, occurredAt: Date.now() } as const;
    expect(await changeAnyway(anyway, note, by("bob"))).toMatchObject({ kept: "disk" });
    expect(await codeOf(changeAnyway(anyway, { ...note, typed: undefined }, by("bob")))).toBe("POSTGRES_OUTAGE");

    // Two processes find the same files.
    const other = new FileJournalSpool(folders.at(-1)!);
    await Promise.all([takeUpSpool(ports()), takeUpSpool({ ...ports(), spool: other })]);
    await takeUpSpool(ports());
    expect(await kindsOf(request.id)).toEqual(["incident.opened", "incident.noted"]);
    const { incident, timeline } = await readIncident(ports(), request.id);
    expect(incident.openedAt).toBe(request.occurredAt);
    expect(timeline.map(({ at }) => at)).toEqual([request.occurredAt, note.occurredAt]);
    expect(readdirSync(folders.at(-1)!)).toEqual([]);
  });

  test("OR-05 people are told from the disk, and not again when it is taken up", async () => {
    const contacts = [contact(), contact({ name: "boss", afterSeconds: 300 }), contact({ name: "deaf" })];
    const request = requestIncident({ title: "no database", severity: "sev1" }, Date.now());
    await openAnyway({ connect: away, spool }, request, by("ann"));
    const { sent, notifier } = receiver((name) => {
      if (name === "deaf") throw new NotAccepted("gone", { retryable: true });
    });
    const offline = new OfflineNotices({ spool, contacts, notifier, clock: systemClock });
    for (let round = 0; round < 5; round++) await offline.tell();
    expect(sent.map(({ contact: name, what }) => [name, what])).toEqual([["desk", "opened"]]);
    await takeUpSpool(ports(contacts));
    expect((await noticeStates()).map((row) => row.contact)).toEqual(["boss", "deaf"]);
    expect(await kindsOf(request.id)).toEqual(["incident.opened", "incident.notified"]);
  });

  test("OR-06 an entry that waited becomes one row, and one that cannot be read stands in nobody's way", async () => {
    const entry = { kind: "service.hung", actor: "supervisor", origin: "here", commandId: "once", occurredAt: 1 };
    spool.put({ ...entry, body: { instance: "api" } });
    spool.put({ ...entry, occurredAt: 2, body: { instance: "api" } });
    spool.put({
      ...entry,
      kind: "incident.change",
      commandId: "lost",
      body: { incident: "inc-x", change: { do: "acknowledge" } },
    });
    writeFileSync(join(folders.at(-1)!, "000000000000000-broken.json"), "half a li");
    const { taken, refused } = await takeUpSpool(ports());
    expect([taken, refused]).toEqual([2, ["incident.change: There is no incident inc-x."]]);
    const rows = await journal.list({ limit: 10 });
    expect(rows.map(({ kind }) => kind).sort()).toEqual(["service.hung", "spool.refused"]);
    expect(readdirSync(folders.at(-1)!)).toEqual(["000000000000000-broken.json.unreadable"]);
  });
});

describe("OA-06 what machines say", () => {
  const signal = (to: Partial<Signal> = {}): Signal => ({
    fingerprint: "f1",
    name: "ErrorRate",
    status: "firing",
    severity: "sev3",
    summary: "7% of requests fail",
    labels: { alertname: "ErrorRate" },
    startsAt: 1_000,
    links: ["http://prometheus/graph"],
    runbook: "api-500s",
    ...to,
  });
  const take = (signals: Signal[], group = "g", source: "alertmanager" | "supervisor" = "alertmanager") =>
    takeSignals(ports(), { source, group, signals, occurredAt: Date.now() }, by("alertmanager"));
  const only = async () => {
    const list = await incidents.list({ open: false, limit: 10 });
    expect(list).toHaveLength(1);
    return list[0]!;
  };

  test("OA-06 the same alert again changes nothing, also when two deliveries race", async () => {
    const taken = await Promise.all(Array.from({ length: 4 }, () => take([signal()])));
    expect(
      taken
        .flat()
        .map(({ did }) => did)
        .sort(),
    ).toEqual(["nothing", "nothing", "nothing", "opened"]);
    const incident = await only();
    expect(incident).toMatchObject({ severity: "sev3", source: "alertmanager", beganAt: 1_000, runbook: "api-500s" });
    expect(await kindsOf(incident.id)).toEqual(["incident.opened"]);
  });

  test("OA-06 another alert of the group joins, makes it worse, and all ending by themselves ends it", async () => {
    await take([signal()]);
    await take([signal({ fingerprint: "f2", name: "Latency", severity: "sev1", startsAt: 2_000 })]);
    expect(await only()).toMatchObject({ severity: "sev1", signals: [{ name: "ErrorRate" }, { name: "Latency" }] });
    await take([signal({ status: "ended", endsAt: 3_000 })]);
    expect((await only()).state).toBe("open");
    await take([signal({ fingerprint: "f2", name: "Latency", status: "ended", startsAt: 2_000 })]);
    expect(await only()).toMatchObject({ state: "resolved", resolution: "ErrorRate, Latency ended by itself" });
  });

  test("OA-06 what somebody works on is only mitigated when its alerts end, and open again when they return", async () => {
    await take([signal()]);
    const { id } = await only();
    await change(id, { do: "acknowledge" });
    await take([signal({ status: "ended" })]);
    expect((await only()).state).toBe("mitigated");
    await take([signal({ startsAt: 5_000 })]);
    const again = await only();
    expect(again.state).toBe("acknowledged");
    expect(again.mitigatedAt).toBeUndefined();
  });

  test("OA-06 a late repetition of what was resolved opens nothing; a new beginning opens one that says what it follows", async () => {
    await take([signal()]);
    const { id } = await only();
    await change(id, { do: "resolve", how: "mended" });
    expect(await take([signal()])).toEqual([{ fingerprint: "f1", incident: id, did: "nothing" }]);
    await take([signal({ startsAt: 9_000 })]);
    const [newest] = await incidents.list({ open: true, limit: 10 });
    expect(newest).toMatchObject({ follows: id });
  });

  test("OP-06 the supervisor's word and the alert about the same service are one incident", async () => {
    const about = { labels: { daemon: "worker-1" }, severity: "sev1" as const };
    await take([signal({ ...about, fingerprint: "CrashLoop:worker-1", name: "CrashLoop" })], "", "supervisor");
    await take([signal({ ...about, fingerprint: "abc", name: "CrashLoop" })], "{}/{}:{alertname}");
    expect((await only()).signals).toHaveLength(2);
  });
});

describe("OR-05 notices", () => {
  const both = [
    contact(),
    contact({ name: "boss", severity: "sev1", afterSeconds: 120 }),
    contact({ name: "far", severity: "sev1" }),
  ];

  test("OR-05 each contact hears of its severities, at once or later; delivery is on record", async () => {
    const { id } = await open("odd", both);
    const { sent, notifier } = receiver();
    expect(await deliver(notifier, both)).toBe(1);
    expect(sent).toMatchObject([
      { contact: "desk", what: "opened", text: expect.stringContaining(`ttt incident ack ${id}`) },
    ]);
    await change(id, { do: "grade", severity: "sev1", reason: "worse" }, "ann", both);
    await deliver(notifier, both);
    expect(sent.map(({ contact: name }) => name)).toEqual(["desk", "far"]);
    const rows = (await journal.ofIncident(id)).filter(({ kind }) => kind === "incident.notified");
    expect(rows.map(({ body }) => body)).toMatchObject([
      { contact: "desk", channel: "webhook", attempts: 1 },
      { contact: "far" },
    ]);
  });

  test("OR-05 nobody acknowledges in time: it escalates, whoever delivers by then; acknowledged in time: it does not", async () => {
    const boss = [contact({ name: "boss", afterSeconds: 120 })];
    const [slow, quick] = [await open("slow", boss), await open("quick", boss)];
    const { sent, notifier } = receiver();
    await deliver(notifier, boss);
    expect(sent).toEqual([]);
    await change(quick.id, { do: "acknowledge" });
    await makeDue();
    await deliver(notifier, boss);
    expect(sent).toMatchObject([{ what: "escalation", text: expect.stringContaining("for 2 minutes") }]);
    expect((await noticeStates()).map(({ state }) => state)).toEqual(["delivered", "dropped"]);
    expect(await kindsOf(slow.id)).toContain("incident.notified");
  });

  test("OR-05 a receiver that fails is tried again with growing pauses, a bounded number of times, and never holds up others", async () => {
    const two = [contact(), contact({ name: "deaf" })];
    const { id } = await open("odd", two);
    const { sent, notifier } = receiver((name) => {
      if (name === "deaf") throw new NotAccepted("host answered 503", { retryable: true });
    });
    const pauses: { least: number; most: number }[] = [];
    for (let round = 0; round < 6; round++) {
      const [before] = await postgres.query<{ now: Date }>("SELECT clock_timestamp() AS now");
      await deliver(notifier, two);
      pauses.push(
        ...(await postgres.query<{ least: number; most: number }>(
          `SELECT (extract(epoch FROM due_at - clock_timestamp()) * 1000)::float8 AS least,
             (extract(epoch FROM due_at - $1) * 1000)::float8 AS most
           FROM incident_notice WHERE contact = 'deaf' AND state = 'waiting'`,
          [before!.now],
        )),
      );
      await makeDue();
    }
    expect(sent.map(({ contact: name }) => name)).toEqual(["desk"]);
    // The pause lies between what is left of it now and what would be left had it begun before the attempt.
    const expected = [1_000, 2_000, 4_000, 8_000, 16_000];
    expect(pauses.map(({ least, most }, round) => least <= expected[round]! && expected[round]! <= most)).toEqual(
      expected.map(() => true),
    );
    expect((await noticeStates()).at(-1)).toMatchObject({ state: "failed", attempts: 6, reason: "host answered 503" });
    expect(await kindsOf(id)).toEqual(["incident.opened", "incident.notified", "incident.notify-failed"]);
  });

  test("OR-05 what cannot succeed is not tried again, and two who deliver at once send each notice once", async () => {
    const two = [contact(), contact({ name: "wrong" })];
    await open("odd", two);
    const { sent, notifier } = receiver((name) => {
      if (name === "wrong") throw new NotAccepted("host answered 404", { retryable: false });
    });
    await Promise.all([deliver(notifier, two), deliver(notifier, two), deliver(notifier, two)]);
    expect(sent).toHaveLength(1);
    expect((await noticeStates()).map(({ state }) => state)).toEqual(["delivered", "failed"]);
  });

  test("OR-05 an update goes to the contacts of its audience, the resolution to who was told of the beginning", async () => {
    const contacts = [contact(), contact({ name: "chief", audience: "executives" })];
    const { id } = await open("odd", contacts);
    const { sent, notifier } = receiver();
    await deliver(notifier, contacts);
    sent.length = 0;
    await change(id, { do: "update", audience: "executives", text: "Trading is stopped." }, "ann", contacts);
    await change(id, { do: "resolve", how: "mended" }, "ann", contacts);
    await deliver(notifier, contacts);
    expect(sent.map(({ contact: name, what }) => [name, what]).sort()).toEqual([
      ["chief", "resolved"],
      ["chief", "update"],
      ["desk", "resolved"],
    ]);
  });
});

describe("OR-06 post-mortem", () => {
  test("OR-06 the draft holds times, changes, impact and timeline from the record alone; a changed row is found", async () => {
    const began = Date.now() - 120_000;
    const at = (ms: number, kind: string, body: object) =>
      spool.put({ kind, actor: "supervisor", origin: "here", commandId: randomUUID(), occurredAt: began + ms, body });
    at(-60_000, "command.ran", { command: "reload worker", exit: 0 });
    at(0, "service.hung", { instance: "worker-1", reason: "no beat" });
    await takeUpSpool(ports());
    await postgres.query(
      `INSERT INTO fill VALUES ('paper', 'main', 'f1', 'o1', 'p', 's', 'BTC-USD', 'buy', 2, 100, 1, now(), now()),
                              ('paper', 'main', 'f2', 'o2', 'p', 's', 'BTC-USD', 'sell', 1, 110, 1, now(), now())`,
    );
    const request = requestIncident({ title: "a | b", severity: "sev1" }, began + 10_000);
    await openIncident(ports(), request, by("ann"));
    await changeIncident(ports(), request.id, { do: "mitigate", how: "killed" }, by("bob"), began + 70_000);
    const record = new PostgresImpactRecord(postgres);
    const draft = () => writePostMortem({ ...ports(), record, verify: verifyJournal }, undefined);
    const { markdown, figures } = await draft();
    expect(figures).toMatchObject({
      detectMs: 10_000,
      mitigateMs: 70_000,
      beganBy: expect.stringContaining("worker-1"),
    });
    expect(markdown).toContain("time to detect 10.0 s");
    expect(markdown).toContain("time to mitigate 1 min 10 s");
    expect(markdown).toMatch(/## What changed just before\n\n- .* row 1, supervisor: reload worker ended with 0/);
    expect(markdown).toContain("2 fills, turnover 310, commission 2, cash moved -92");
    expect(markdown).toContain("| BTC-USD | 2 | 2 | 1 | 0 → 1 | 100 → 110 | 18.00 |");
    expect(markdown).toMatch(/\| 3 \| .* \| ann \| opened as sev1: a \\\| b \|/);

    await postgres.query("ALTER TABLE journal DISABLE TRIGGER journal_is_append_only");
    await postgres.query("UPDATE journal SET actor = 'nobody' WHERE seq = 3");
    expect(await codeOf(draft())).toBe("JOURNAL_BROKEN");
    await expect(verifyJournal(journal)).rejects.toMatchObject({ message: expect.stringContaining("row 3") });
  });
});
