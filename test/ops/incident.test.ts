import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FLAGS, type FlagName, flagValue, parseFlagValue } from "../../src/ops/flag.ts";
import { figuresOf } from "../../src/ops/incident/figures.ts";
import type { Incident } from "../../src/ops/incident/incident.ts";
import { INCIDENT_ID, incidentId, means } from "../../src/ops/incident/incident-id.ts";
import { runbookFor, severityOfAlert } from "../../src/ops/incident/signal.ts";
import { type LiveState, statusUpdate } from "../../src/ops/incident/status-update.ts";
import { changesBefore, timelineOf } from "../../src/ops/incident/timeline.ts";
import type { JournalRecord } from "../../src/ops/journal-record.ts";
import { rules } from "../support/observability.ts";

const T = Date.UTC(2026, 10, 23, 9, 30);
const incident = (to: Partial<Incident> = {}): Incident => ({
  ...{ id: "inc-20261123-7k2fq", title: "odd fills", summary: "", severity: "sev1", state: "open" },
  ...{ source: "operator", openedBy: "ann", openedAt: T, roles: {}, signals: [], keys: [], links: [] },
  ...to,
});
let seq = 0;
const row = (at: number, kind: string, body: object = {}): JournalRecord => ({
  ...{ seq: ++seq, at: new Date(at).toISOString(), kind, actor: "someone", origin: "here", body },
});

describe("OA-06 alerts", () => {
  test.each(rules().flatMap(({ alert }) => (alert === undefined ? [] : [alert])))(
    "OA-06 %s leads to a runbook that there is",
    (alert) => {
      const page = join(import.meta.dirname, "..", "..", "docs", "runbooks", `${runbookFor(alert)}.md`);
      expect(existsSync(page), page).toBe(true);
    },
  );

  test("OA-06 severities follow the alert's; an unknown one wakes nobody", () => {
    expect(["critical", "warning", "info", "odd", undefined].map(severityOfAlert)).toEqual([
      "sev1",
      "sev3",
      "sev4",
      "sev3",
      "sev3",
    ]);
  });
});

describe("OR-05 timeline and figures", () => {
  test("OR-05 holds what happened around the incident by the time it happened, and nothing of another incident", () => {
    const rows = [
      row(T - 16 * 60_000, "command.ran", { command: "too early" }),
      row(T + 5_000, "service.hung", { instance: "api", occurredAt: T - 30_000 }),
      row(T, "incident.opened", { incident: "inc-20261123-7k2fq", severity: "sev1", title: "odd fills" }),
      row(T + 1_000, "incident.noted", { incident: "inc-20261123-other", text: "elsewhere" }),
      row(T + 9_000, "command.ran", { command: "after the end" }),
      row(T + 9_500, "incident.notified", {
        incident: "inc-20261123-7k2fq",
        what: "resolved",
        contact: "desk",
        channel: "email",
      }),
    ];
    const timeline = timelineOf(incident({ resolvedAt: T + 8_000 }), [...rows, rows[2]!]);
    expect(timeline.map(({ what }) => what)).toEqual([
      "api is hung",
      "opened as sev1: odd fills",
      "resolved told to desk by email",
    ]);
  });

  test("OR-05 a runbook is told by what became of its steps, at the time when it did, never by what they printed", () => {
    const run = "20261123-055649-kill-and-rearm-1065";
    // Written a minute later, when the journal could be reached again.
    const late = (at: number, kind: string, body: object) =>
      row(T + 60_000 + at, kind, { run, occurredAt: T + at, ...body });
    const rows = [
      late(1, "runbook.started", { runbook: "kill-and-rearm", mode: "auto" }),
      late(2, "runbook.step-started", { step: "kill" }),
      late(3, "runbook.step-process", { step: "kill", pid: 4711 }),
      late(4, "runbook.step-ended", { step: "kill", state: "done", note: "", output: "BLOCK at epoch 2" }),
      late(5, "runbook.step-ended", { step: "why", state: "skipped", note: "does not apply" }),
      late(6, "runbook.step-ended", { step: "arm", state: "failed", note: "it ended with 18" }),
      late(7, "runbook.ended", { outcome: "failed", note: "arm (4)" }),
      late(8, "token.created", { name: "desk", role: "viewer", expiresAt: T }),
      late(9, "jobs.replayed", { jobs: ["job-1", "job-2"] }),
    ];
    expect(timelineOf(incident(), rows).map(({ at, what }) => [at - T, what])).toEqual([
      [1, "runbook kill-and-rearm begins"],
      [4, "runbook kill-and-rearm: step kill is done"],
      [6, "runbook kill-and-rearm: step arm is failed: it ended with 18"],
      [7, "runbook kill-and-rearm is failed: arm (4)"],
      [8, "token desk made, viewer"],
      [9, "jobs to run again: job-1, job-2"],
    ]);
  });

  test("OR-05 it began with the first sign on record, the alert or what a person says, whichever counts", () => {
    const timeline = timelineOf(incident(), [
      row(T - 40_000, "service.hung", { instance: "api" }),
      row(T - 90_000, "command.ran"),
    ]);
    const mitigated = { mitigatedAt: T + 20_000 };
    expect(figuresOf(incident(mitigated), timeline)).toMatchObject({ detectMs: 40_000, mitigateMs: 60_000 });
    expect(figuresOf(incident({ beganAt: T - 5_000 }), timeline)).toMatchObject({
      detectMs: 5_000,
      beganBy: "whoever opened it",
    });
    const alerted = incident({ source: "alertmanager", beganAt: T - 60_000 });
    expect(figuresOf(alerted, timeline)).toMatchObject({ detectMs: 60_000, mitigateMs: undefined });
    expect(figuresOf(incident(), [])).toMatchObject({ detectMs: 0 });
  });

  test("OR-05 what changed just before is what somebody did, newest first", () => {
    const rows = [
      row(T - 60_000, "command.ran", { command: "reload worker", exit: 0 }),
      row(T - 50_000, "service.ready", { instance: "worker-1" }),
      row(T - 40_000, "risk-limit.raised", { limit: "maxOrderNotional" }),
      row(T + 1_000, "flag.set", { flag: "api.read-only" }),
    ];
    const kinds = changesBefore(timelineOf(incident(), rows), T).map(({ kind }) => kind);
    expect(kinds).toEqual(["risk-limit.raised", "command.ran"]);
  });

  test("OR-05 ids are read out without mistakes, and found by their last letters", () => {
    const id = incidentId(T, new Uint8Array([0, 255, 31, 62, 7]));
    expect(id).toMatch(INCIDENT_ID);
    expect(id).not.toMatch(/[01ilo]\w*$/);
    expect([means(id.slice(-5), id), means(id, id), means(id.slice(-2), id), means("zzzzz", id)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("OR-05 status updates", () => {
  const live: LiveState = {
    ...{ at: T + 90_000, level: "BLOCK", services: 6, troubled: [{ instance: "worker-1", state: "hung" }] },
    trading: {
      openOrders: 2,
      positions: [{ instrument: "BTC-USD", quantity: "3", venue: "paper" }],
      profit: "-12.50",
      currency: "USD",
    },
  };

  test("OR-05 the desk reads all of it, a venue neither position nor result nor how we are built", () => {
    expect(statusUpdate("desk", incident(), live, "Looking.")).toBe(
      [
        "odd fills (inc-20261123-7k2fq, sev1, open)",
        "Looking.",
        "Trading level: BLOCK.",
        "Services: worker-1 hung.",
        "Open orders: 2. Positions: 3 BTC-USD at paper.",
        "Realised result after commission: -12.50 USD.",
        "Lead: nobody yet. Open for 1 min 30 s.",
      ].join("\n"),
    );
    const venue = statusUpdate("venue", incident(), live);
    expect(venue).toContain("Orders of ours open with you: 2.");
    expect(venue).not.toMatch(/BTC|12\.50|worker|odd fills/);
  });

  test("OR-05 what cannot be asked is said to be unknown", () => {
    const blind: LiveState = { at: T, level: undefined, services: undefined, troubled: undefined, trading: undefined };
    const text = statusUpdate("desk", incident(), blind);
    for (const line of ["Trading level: unknown.", "the supervisor does not answer", "the record does not answer"])
      expect(text).toContain(line);
    expect(statusUpdate("venue", incident(), blind)).toContain("We are not sending new orders.");
  });
});

describe("OR-05 flags", () => {
  const set = (value: boolean | number, expiresAt?: number, name: FlagName = "backtest.admission") => [
    { name, value, reason: "r", actor: "a", setAt: T, expiresAt },
  ];

  test("OR-05 hold until they run out; a value that this build does not take counts as unset", () => {
    expect(flagValue("backtest.admission", set(false), T)).toBe(false);
    expect(flagValue("backtest.admission", set(false, T + 1), T)).toBe(false);
    expect(flagValue("backtest.admission", set(false, T), T)).toBe(true);
    expect(flagValue("backtest.pause", set(99_999, undefined, "backtest.pause"), T)).toBe(0);
    expect(flagValue("backtest.pause", set(500, undefined, "backtest.pause"), T)).toBe(500);
  });

  test.each([
    ["api.read-only", "on", { value: true }],
    ["api.read-only", "No", { value: false }],
    ["api.read-only", "1", { expected: "on or off" }],
    ["backtest.pause", "250", { value: 250 }],
    ["backtest.pause", "", { expected: "a whole number of ms from 0 to 60000" }],
    ["backtest.pause", "2.5", { expected: "a whole number of ms from 0 to 60000" }],
  ] as const)("OR-05 %s takes %j as %j", (name, text, outcome) => {
    expect(parseFlagValue(name, text)).toEqual(outcome);
  });

  test("OR-05 every flag says what it does and who reads it", () => {
    for (const { meaning, readBy } of Object.values(FLAGS)) {
      expect(meaning).toMatch(/\.$/);
      expect(readBy.length).toBeGreaterThan(0);
    }
  });
});
