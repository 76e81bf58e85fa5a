import type { ServiceView } from "../../actions/desk-feed.ts";
import type { ConsoleState } from "../state/console-state.ts";
import type { StackView } from "../state/stack-view.ts";
import { duration, shortWait } from "../view/format.ts";
import { type Line, span } from "../view/line.ts";
import { serviceLook } from "../view/service-look.ts";
import { type Column, table } from "../view/table.ts";
import { windowAround } from "../view/window.ts";
import { type ConsoleModel, cursorIn, passes, type Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";

export const servicesScreen: Screen = {
  name: "services",
  title: "Services",
  ids: (model) => shown(model).map(({ instance }) => instance),
  sections: (model) => {
    const services = shown(model);
    const ids = services.map(({ instance }) => instance);
    return [servicesSection(model, services, columns(model.now), cursorIn(ids, model.state.selected.services))];
  },
};

/** What an overview shows of the services: no cursor, and only what matters at a glance. */
export function servicesAtAGlance(model: ConsoleModel): Section {
  const brief = columns(model.now).filter(({ title }) => !["lag", "memory", "pid"].includes(title));
  return servicesSection(model, shown(model), brief, undefined);
}

function servicesSection(
  { view, state }: ConsoleModel,
  services: readonly ServiceView[],
  shownColumns: readonly Column<ServiceView>[],
  cursor: number | undefined,
): Section {
  return {
    title: "Services",
    right: summary(view.services.value),
    rows: services.length + 1,
    min: Math.min(4, services.length + 1),
    draw(width, height) {
      if (services.length === 0) return saying(emptyText(view, filterOf(state)))(width, height);
      const { start, end } = windowAround(cursor ?? 0, services.length, height - 1);
      return table(shownColumns, services.slice(start, end), width, cursor === undefined ? undefined : cursor - start);
    },
  };
}

function columns(now: number): readonly Column<ServiceView>[] {
  const look = ({ state }: ServiceView) => serviceLook(state);
  return [
    { title: "", min: 1, cell: (one) => span(look(one).sign, look(one).role) },
    { title: "service", min: 14, grow: 1, cell: ({ instance }) => span(instance) },
    { title: "state", min: 11, cell: (one) => span(one.state, look(one).role) },
    {
      title: "for",
      min: 7,
      align: "right",
      giveUp: 2,
      cell: ({ since }) => span(duration(now - since), "muted"),
    },
    {
      title: "restarts",
      min: 8,
      align: "right",
      giveUp: 3,
      cell: ({ restarts }) => span(String(restarts), restarts > 0 ? "warn" : "muted"),
    },
    {
      title: "lag",
      min: 6,
      align: "right",
      giveUp: 4,
      cell: ({ lagMs }) => span(lagMs === undefined ? "-" : `${lagMs}ms`, "muted"),
    },
    {
      title: "memory",
      min: 7,
      align: "right",
      giveUp: 5,
      cell: ({ rssBytes }) => span(rssBytes === undefined ? "-" : `${Math.round(rssBytes / 1e6)}MB`, "muted"),
    },
    { title: "pid", min: 7, align: "right", giveUp: 6, cell: ({ pid }) => span(String(pid ?? "-"), "muted") },
    {
      title: " why",
      min: 16,
      grow: 4,
      // What is wrong matters more than how often and for how long.
      giveUp: 1,
      cell: (one) => span(` ${whyText(one, now)}`, look(one).role === "good" ? "muted" : look(one).role),
    },
  ];
}

function whyText(service: ServiceView, now: number): string {
  const { reason, hint, state } = service;
  return [leftText(service, now), reason, state === "ready" ? undefined : hint].filter(Boolean).join(" · ");
}

/** `starts again in 4s`: first, because it is what one waits for. */
export function leftText({ timeLeft }: ServiceView, now: number): string | undefined {
  return timeLeft && `${timeLeft.words} ${shortWait(timeLeft.at - now)}`;
}

function summary(services: readonly ServiceView[]): Line {
  if (services.length === 0) return [];
  const ready = services.filter(({ state }) => serviceLook(state).role === "good").length;
  return [span(`${ready}/${services.length} ready`, ready === services.length ? "good" : "warn")];
}

function emptyText(view: StackView, filter: string | undefined): string {
  if (filter) return `No service matches "${filter}".`;
  return view.services.status === "connecting" ? "Looking for the stack …" : "No services.";
}

function shown({ view, state }: ConsoleModel): readonly ServiceView[] {
  const filter = filterOf(state);
  return view.services.value.filter(({ instance, state: own, reason = "" }) => passes(filter, instance, own, reason));
}

/** A service that is looked at stays the one that was chosen in the filtered list. */
function filterOf({ screen, filters }: ConsoleState): string | undefined {
  return screen === "overview" ? filters.overview : filters.services;
}
