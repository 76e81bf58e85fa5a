import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PostgresJournal } from "../../../src/adapters/postgres/postgres-journal.ts";
import type { Incident } from "../../../src/ops/incident/incident.ts";
import { startApi, type TestApi } from "../../support/api.ts";
import { startAlertmanager } from "../../support/servers/prometheus-server.ts";
import { migratedDatabase } from "../../support/servers/shared.ts";
import { until } from "../../support/until.ts";

let api: TestApi;
let journal: PostgresJournal;
beforeAll(async () => {
  api = await startApi(await migratedDatabase());
  journal = new PostgresJournal(api.database);
});
afterAll(() => api?.close());

/** The parts of all answers that are looked at here. */
interface Body extends Incident {
  readonly code: string;
  readonly text: string;
  readonly taken: readonly { readonly did: string }[];
  readonly timeline: readonly { readonly what: string }[];
  readonly incidents: readonly Incident[];
  readonly flags: readonly unknown[];
}
const json = async (response: Response) => ({ status: response.status, body: (await response.json()) as Body });
const open = async (title: string) => (await json(await api.post("/v1/incidents", { title, severity: "sev3" }))).body;
const change = async (id: string, verb: string, body: object, headers: Record<string, string> = {}) =>
  json(await api.post(`/v1/incidents/${id}/${verb}`, body, headers));
const incidents = async (query = "") => (await json(await api.request(`/v1/incidents${query}`))).body.incidents;
const tokenOf = async (role: "viewer" | "operator") =>
  (await api.tokens.create({ name: `${role}-incidents`, role, createdBy: "test", lifeMs: 3_600_000 }))!.token;

describe("OR-05 incidents over HTTP", () => {
  test("OR-05 the whole life of one: open, every change, timeline, update, post-mortem", async () => {
    const { id } = await open("slow answers");
    expect((await change(id, "acknowledge", {})).body).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: "owner",
    });
    await change(id, "assign", { role: "trading", to: "bob" });
    await change(id, "note", { text: "seen from outside" });
    await change(id.slice(-5), "grade", { severity: "sev2", reason: "spreads" });
    await change(id, "mitigate", { how: "scaled" });
    await change(id, "reopen", { why: "not yet" });
    const update = await change(id, "update", { audience: "desk", message: "We look at it." });
    expect(update.body).toMatchObject({ contacts: [], sent: true, text: expect.stringContaining("We look at it.") });
    expect(update.body.text).toContain("Services: the supervisor does not answer.");
    const over = await change(id, "resolve", { how: "index added" });
    expect(over.body).toMatchObject({ state: "resolved", severity: "sev2" });
    const { body } = await json(await api.request(`/v1/incidents/${id}`));
    expect(body.timeline.map(({ what }) => what)).toEqual([
      "opened as sev3: slow answers",
      "acknowledged",
      "trading is bob",
      "seen from outside",
      "sev2, was sev3: spreads",
      "mitigated: scaled",
      "not mitigated after all: not yet",
      "status update for desk",
      "resolved: index added",
    ]);
    const draft = await api.request(`/v1/incidents/${id}/post-mortem`);
    expect(draft.headers.get("content-type")).toContain("text/markdown");
    expect(await draft.text()).toContain("# Post-mortem: slow answers");
    expect((await incidents()).map((one) => one.id)).not.toContain(id);
    expect((await incidents("?all=true")).map((one) => one.id)).toContain(id);
  });

  test("OA-04 the same idempotency key opens once and notes once", async () => {
    const key = { "idempotency-key": "once-only" };
    const twice = await Promise.all(
      [1, 2].map(async () => json(await api.post("/v1/incidents", { title: "double click" }, key))),
    );
    const created = twice.filter(({ status }) => status === 201);
    expect(created.length).toBeGreaterThan(0);
    expect((await incidents()).filter(({ title }) => title === "double click")).toHaveLength(1);
    const { id } = created[0]!.body;
    const note = { "idempotency-key": "note-once" };
    await change(id, "note", { text: "x" }, note);
    expect((await change(id, "note", { text: "x" }, note)).status).toBe(200);
    expect((await journal.ofIncident(id)).map(({ kind }) => kind)).toEqual(["incident.opened", "incident.noted"]);
  });

  test("OA-03 a viewer reads and changes nothing; what does not fit is refused and named", async () => {
    const authorization = `Bearer ${await tokenOf("viewer")}`;
    const { id } = await open("read only");
    expect((await api.request(`/v1/incidents/${id}`, { headers: { authorization } })).status).toBe(200);
    expect((await change(id, "acknowledge", {}, { authorization })).status).toBe(403);
    expect((await json(await api.post("/v1/alerts", {}, { authorization }))).status).toBe(403);
    expect(
      (await json(await api.request("/v1/alerts", { method: "POST", headers: { authorization: "" } }))).status,
    ).toBe(401);
    expect((await change(id, "note", { text: " " })).body.code).toBe("REQUEST_INVALID");
    expect((await change("inc-20260101-22222", "acknowledge", {})).status).toBe(404);
    await change(id, "resolve", { how: "done" });
    expect(await change(id, "mitigate", { how: "late" })).toMatchObject({
      status: 409,
      body: { code: "INCIDENT_RESOLVED" },
    });
  });

  test("OA-01 what happens to incidents is an event", async () => {
    const since = (await api.events.range()).last;
    const { id } = await open("to be heard");
    const heard = await until("the event", async () =>
      (await api.events.after(since, 100)).find(
        ({ stream, body }) => stream === "incidents" && (body as { incident: string }).incident === id,
      ),
    );
    expect(heard).toMatchObject({ type: "incident.opened", body: { title: "to be heard" } });
  });
});

describe("OA-06 a real Alertmanager", () => {
  test("OA-06 its alerts open, join, end and resolve incidents, each said once however often it repeats", async () => {
    const token = await tokenOf("operator");
    const alertmanager = await startAlertmanager(`${api.url}/v1/alerts`, token);
    try {
      const send = (alerts: object[]) =>
        fetch(`${alertmanager.url}/api/v2/alerts`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(alerts),
        });
      const alert = {
        labels: { alertname: "RedisMemory", severity: "critical", instance: "api" },
        annotations: { summary: "Redis uses 92% of its memory", try: "redis-cli --bigkeys" },
        startsAt: new Date(Date.now() - 30_000).toISOString(),
        generatorURL: "http://prometheus/graph?g0",
      };
      await send([alert]);
      const found = async () => (await incidents("?all=true")).find(({ title }) => title.startsWith("Redis uses"));
      const incident = await until("an incident", found);
      expect(incident).toMatchObject({
        ...{ severity: "sev1", source: "alertmanager", openedBy: "operator-incidents", runbook: "redis-memory" },
        beganAt: Date.parse(alert.startsAt),
        signals: [{ name: "RedisMemory", status: "firing", try: "redis-cli --bigkeys" }],
      });
      expect(incident.links).toContain("http://prometheus/graph?g0");
      await send([alert]);
      await send([{ ...alert, endsAt: new Date().toISOString() }]);
      const over = await until("its end", async () => {
        const now = await found();
        return now?.state === "resolved" && now;
      });
      expect(over.resolution).toBe("RedisMemory ended by itself");
      const kinds = (await journal.ofIncident(incident.id)).map(({ kind }) => kind);
      expect(kinds).toEqual(["incident.opened", "incident.signalled", "incident.resolved"]);
    } finally {
      await alertmanager.remove();
    }
  });

  test("OA-06 a message that is none is refused, and one of a thousand alerts is taken", async () => {
    const alert = (n: number) => ({
      status: "firing",
      labels: { alertname: "Many", n: String(n) },
      annotations: {},
      startsAt: "2026-01-01T00:00:00Z",
      endsAt: "0001-01-01T00:00:00Z",
      fingerprint: `many-${n}`,
    });
    const message = (count: number) => ({
      ...{ version: "4", groupKey: "{}:{many}", status: "firing" },
      alerts: Array.from({ length: count }, (_, n) => alert(n)),
    });
    expect((await json(await api.post("/v1/alerts", { ...message(1), version: "3" }))).status).toBe(400);
    const { body } = await json(await api.post("/v1/alerts", message(100)));
    const dids = body.taken.map(({ did }) => did);
    expect([dids[0], new Set(dids.slice(1))]).toEqual(["opened", new Set(["updated"])]);
  });
});

describe("OR-05 flags", () => {
  const set = async (name: string, body: object) =>
    json(
      await api.request(`/v1/flags/${name}`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  const unset = (name: string) => api.request(`/v1/flags/${name}?reason=mended`, { method: "DELETE" });

  test("OR-05 a read-only API refuses changes but those an incident needs, and follows the flag live", async () => {
    expect((await set("api.read-only", { value: true, reason: "wrong writes" })).status).toBe(200);
    const refused = await until("the door to close", async () => {
      const answer = await json(await api.post("/api/backtest", {}));
      return answer.body.code === "API_READ_ONLY" && answer;
    });
    expect(refused).toMatchObject({ status: 503, body: { retryable: true, found: "the flag api.read-only" } });
    expect((await api.request("/api/backtest")).status).toBe(200);
    expect((await open("still possible")).state).toBe("open");
    await unset("api.read-only");
    await until(
      "the door to open",
      async () => (await json(await api.post("/api/backtest", {}))).body.code === "REQUEST_INVALID",
    );
  });

  test("OR-05 closed to new backtests, unknown flags and wrong values are refused, every change is on record", async () => {
    await set("backtest.admission", { value: false, reason: "busy", lastsMs: 3_600_000 });
    await until(
      "no admission",
      async () => (await json(await api.post("/api/backtest", {}))).body.code === "BACKTESTS_CLOSED",
    );
    expect((await json(await api.request("/v1/flags"))).body.flags).toContainEqual(
      expect.objectContaining({
        name: "backtest.admission",
        value: false,
        default: true,
        set: expect.objectContaining({ actor: "owner", reason: "busy" }),
      }),
    );
    await unset("backtest.admission");
    expect(await set("no-such", { value: true, reason: "x" })).toMatchObject({
      status: 404,
      body: { code: "FLAG_UNKNOWN" },
    });
    expect(await set("backtest.pause", { value: true, reason: "x" })).toMatchObject({
      status: 400,
      body: { code: "FLAG_VALUE" },
    });
    expect(await set("backtest.pause", { value: 60_001, reason: "x" })).toMatchObject({ status: 400 });
    const rows = await journal.list({ kind: "flag", limit: 10 });
    expect(rows.map(({ kind, body }) => [kind, body])).toMatchObject([
      ["flag.unset", { flag: "backtest.admission", value: "on", was: "off", reason: "mended" }],
      ["flag.set", { flag: "backtest.admission", value: "off", was: "on", until: expect.any(String) }],
      ["flag.unset", { flag: "api.read-only" }],
      ["flag.set", { flag: "api.read-only" }],
    ]);
  });
});
