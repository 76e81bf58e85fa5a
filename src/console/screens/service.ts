import type { ServiceView, TransitionView } from "../../actions/desk-feed.ts";
import { wrap } from "../view/cells.ts";
import { duration, timeOfDay, timestamp } from "../view/format.ts";
import { type Line, line, span } from "../view/line.ts";
import { serviceLook } from "../view/service-look.ts";
import { chartSection } from "./chart-section.ts";
import { logSection } from "./logs.ts";
import { type ConsoleModel, cursorIn, type Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";
import { leftText, servicesScreen } from "./services.ts";

const NAME_WIDTH = 13;
/** Room for reasons that take more than one row. */
const WRAPPED_ROWS = 3;

/** One service: how it is, how it came to be so, and its newest log lines. */
export const serviceScreen: Screen = {
  name: "service",
  title: "Service",
  logs: "debug",
  ids: (model) => servicesScreen.ids(model),
  sections(model) {
    const service = chosen(model);
    if (!service) return [{ title: "Service", rows: 1, min: 1, draw: saying("This service is gone.") }];
    return [
      facts(service, model.now),
      transitions(service.transitions ?? []),
      ...lagChart(service),
      {
        ...logSection(
          model,
          { level: "debug", source: service.instance, text: model.state.filters.service },
          `Log of ${service.instance}`,
        ),
        side: "right",
      },
    ];
  },
};

function chosen(model: ConsoleModel): ServiceView | undefined {
  const ids = servicesScreen.ids(model);
  const id = ids[cursorIn(ids, model.state.selected.services)];
  return model.view.services.value.find(({ instance }) => instance === id);
}

function facts(service: ServiceView, now: number): Section {
  const look = serviceLook(service.state);
  const rows: (readonly [name: string, value: Line])[] = [
    [
      "state",
      [span(`${look.sign} ${service.state}`, look.role), span(` for ${duration(now - service.since)}`, "muted")],
    ],
  ];
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== "") rows.push([name, line(String(value))]);
  };
  add("next", leftText(service, now));
  add("why", service.reason);
  add("do next", service.hint);
  add("process", service.pid);
  add(
    "up",
    service.startedAt === undefined
      ? undefined
      : `${duration(now - service.startedAt)} since ${timestamp(service.startedAt)}`,
  );
  add("restarts", service.restarts);
  add("build", service.buildHash);
  add("event loop", service.lagMs === undefined ? undefined : `longest pause ${service.lagMs} ms`);
  add("memory", service.rssBytes === undefined ? undefined : `${(service.rssBytes / 1e6).toFixed(1)} MB`);
  add("needs", service.dependsOn?.join(", "));
  for (const [what, { count, ageMs }] of Object.entries(service.progress ?? {})) {
    add(what, `${count} times, last ${duration(ageMs)} ago`);
  }
  return {
    title: service.instance,
    rows: rows.length + WRAPPED_ROWS,
    min: 4,
    draw: (width) => rows.flatMap(([name, value]) => factRows(name, value, width)),
  };
}

/** A loop that stands still delays everything the process does: orders, answers, beats. */
function lagChart({ lagHistory = [] }: ServiceView): readonly Section[] {
  if (lagHistory.length < 2) return [];
  return [{ ...chartSection("Latency: longest pause of the event loop each second, ms", lagHistory), optional: true }];
}

function factRows(name: string, value: Line, width: number): readonly Line[] {
  const title = span(`  ${name.padEnd(NAME_WIDTH - 2)}`, "muted");
  if (value.length !== 1) return [[title, ...value]];
  return wrap(value[0]!.text, width - NAME_WIDTH).map((part, index) =>
    index === 0 ? [title, span(part)] : [span(" ".repeat(NAME_WIDTH)), span(part)],
  );
}

function transitions(all: readonly TransitionView[]): Section {
  return {
    title: "What happened",
    rows: Math.max(1, all.length),
    min: 2,
    draw(width, height) {
      if (all.length === 0) return saying("Nothing since it was first seen.")(width, height);
      return all
        .slice(-height)
        .reverse()
        .map(({ at, from, to, evidence }) => [
          span(`  ${timeOfDay(at)} `, "muted"),
          span(from.padEnd(9), serviceLook(from).role),
          span(" → ", "muted"),
          span(to.padEnd(11), serviceLook(to).role),
          span(` ${evidence}`),
        ]);
    },
  };
}
