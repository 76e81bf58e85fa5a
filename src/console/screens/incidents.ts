import type { IncidentView } from "../../actions/desk-feed.ts";
import { wrap } from "../view/cells.ts";
import { duration, timeOfDay, timestamp } from "../view/format.ts";
import { type Line, line, span } from "../view/line.ts";
import { type Column, table } from "../view/table.ts";
import type { Role } from "../view/theme.ts";
import { windowAround } from "../view/window.ts";
import { type ConsoleModel, cursorIn, passes, type Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";

const SEVERITY_ROLES: Readonly<Record<string, Role>> = { sev1: "bad", sev2: "bad", sev3: "warn", sev4: "muted" };

/** What went wrong, who leads, and what happened since: the newest first. */
export const incidentsScreen: Screen = {
  name: "incidents",
  title: "Incidents",
  ids: (model) => shown(model).map(({ id }) => id),
  sections(model) {
    const incidents = shown(model);
    const cursor = cursorIn(
      incidents.map(({ id }) => id),
      model.state.selected.incidents,
    );
    const chosen = incidents[cursor];
    return [
      listSection(model, incidents, cursor),
      ...(chosen ? [factsSection(chosen), { ...timelineSection(chosen), side: "right" } as const] : []),
    ];
  },
};

function listSection({ view, state, now }: ConsoleModel, incidents: readonly IncidentView[], cursor: number): Section {
  const open = incidents.filter((one) => one.state !== "resolved").length;
  return {
    title: "Incidents",
    right: open > 0 ? line(`${open} open`, "bad") : incidents.length > 0 ? line("none open", "good") : [],
    rows: incidents.length === 0 ? 1 : incidents.length + 1,
    min: 3,
    draw(width, height) {
      if (incidents.length === 0) {
        const { status, reason } = view.incidents;
        if (status === "connecting") return saying("Waiting for the first reading …")(width, height);
        if (status === "lost") return saying(reason ?? "Not known.")(width, height);
        const none = state.filters.incidents
          ? "No incident matches."
          : 'None. Open one: ttt incident open "what is wrong"';
        return saying(none)(width, height);
      }
      const { start, end } = windowAround(cursor, incidents.length, height - 1);
      return table(columns(now), incidents.slice(start, end), width, cursor - start);
    },
  };
}

function factsSection({ id, title, summary, signals, runbook, openedBy, openedAt, lead }: IncidentView): Section {
  const rows: Line[] = [[span(`  ${title}`, "strong")]];
  const add = (name: string, value: string | undefined, role?: Role) => {
    if (value) rows.push([span(`  ${name.padEnd(9)}`, "muted"), span(value, role)]);
  };
  add("opened", `${timestamp(openedAt)} by ${openedBy}`);
  add("lead", lead ?? `nobody: ttt incident assign -r commander -t NAME`, lead === undefined ? "warn" : undefined);
  add("alerts", signals.join(", "));
  add("runbook", runbook === undefined ? undefined : `ttt runbook run ${runbook}`, "accent");
  add("more", `ttt incident show ${id}`, "accent");
  const about = summary === "" || summary === title ? undefined : summary;
  return {
    title: id,
    rows: rows.length + (about === undefined ? 0 : 2),
    min: 3,
    draw: (width) => [
      ...rows,
      ...(about === undefined ? [] : wrap(about, width - 4).map((text) => line(`    ${text}`))),
    ],
  };
}

function timelineSection({ timeline, state }: IncidentView): Section {
  return {
    title: "Timeline",
    right: timeline.length === 0 ? [] : line(String(timeline.length), "muted"),
    rows: Math.max(1, timeline.length),
    min: 3,
    draw(width, height) {
      if (timeline.length === 0) {
        return saying(state === "resolved" ? "It is over: ttt incident show tells it." : "Nothing yet.")(width, height);
      }
      const newest = timeline.slice(-height);
      const names = Math.max(...newest.map(({ by }) => by.length));
      return newest.map(({ at, by, text }) => [
        span(`  ${timeOfDay(at)} `, "muted"),
        span(by.padEnd(names), "accent"),
        span(`  ${text}`),
      ]);
    },
  };
}

function columns(now: number): readonly Column<IncidentView>[] {
  return [
    { title: "sev", min: 5, cell: ({ severity }) => span(severity, SEVERITY_ROLES[severity] ?? "muted") },
    {
      title: "state",
      min: 12,
      cell: ({ state }) => span(state, state === "resolved" ? "good" : state === "open" ? "bad" : "warn"),
    },
    {
      title: "for",
      min: 7,
      align: "right",
      giveUp: 2,
      cell: ({ openedAt, resolvedAt }) => span(duration((resolvedAt ?? now) - openedAt), "muted"),
    },
    { title: " title", min: 28, grow: 3, cell: ({ title }) => span(` ${title}`, "strong") },
    {
      title: "lead",
      min: 8,
      grow: 1,
      giveUp: 1,
      cell: ({ lead, resolvedAt }) =>
        span(lead ?? "-", lead !== undefined ? undefined : resolvedAt === undefined ? "warn" : "muted"),
    },
    { title: "id", min: 19, giveUp: 3, cell: ({ id }) => span(id, "muted") },
  ];
}

function shown({ view, state }: ConsoleModel): readonly IncidentView[] {
  return view.incidents.value.filter(({ id, title, severity, state: own, lead = "" }) =>
    passes(state.filters.incidents, id, title, severity, own, lead),
  );
}
