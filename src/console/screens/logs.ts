import type { LogLevel, LogLine } from "../../actions/desk-feed.ts";
import type { LogFilter } from "../state/log-store.ts";
import { count, shortWait, timeOfDay } from "../view/format.ts";
import { type Line, line, span } from "../view/line.ts";
import type { Role } from "../view/theme.ts";
import type { ConsoleModel, Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";

const LEVEL_ROLES: Readonly<Record<LogLevel, Role>> = { debug: "muted", info: "accent", warn: "warn", error: "bad" };

/** Lines that arrive older than this mean that the reader is behind. */
const LAG_SHOWN_FROM_MS = 1_000;
/** Rows a reading without a terminal gets. */
const UNROLLED_ROWS = 200;

export const logsScreen: Screen = {
  name: "logs",
  title: "Logs",
  logs: "debug",
  ids: () => [],
  sections: (model) => [logSection(model, filterOf(model), titleOf(model), model.state.logEnd)],
};

/** The newest lines that match, or those up to line number `end`. */
export function logSection(model: ConsoleModel, filter: LogFilter, title: string, end?: number): Section {
  const { logs } = model;
  return {
    title,
    right: badges(model, filter, end),
    rows: Math.max(1, Math.min(logs.total, UNROLLED_ROWS)),
    min: 3,
    draw(width, height) {
      const { lines } = logs.page(filter, height, end);
      if (lines.length === 0) return saying(logs.total === 0 ? "No log line yet." : "No line matches.")(width, height);
      const sources = Math.min(16, Math.max(...lines.map(({ instance }) => instance.length)));
      return lines.map((one) => logRow(one, sources));
    },
  };
}

function logRow({ at, level, instance, message, context }: LogLine, sources: number): Line {
  return [
    span(`${timeOfDay(at)} `, "muted"),
    span(level.padEnd(6), LEVEL_ROLES[level]),
    span(`${instance.padEnd(sources).slice(0, sources)} `, "muted"),
    span(message, level === "error" ? "bad" : undefined),
    span(context === "" ? "" : `  ${context}`, "muted"),
  ];
}

function filterOf({ state }: ConsoleModel): LogFilter {
  return { level: state.logLevel, source: state.logSource, text: state.filters.logs };
}

function titleOf({ state }: ConsoleModel): string {
  return state.logSource === undefined ? "Logs" : `Logs of ${state.logSource}`;
}

function badges({ logs }: ConsoleModel, filter: LogFilter, end: number | undefined): Line {
  const parts: Line[] = [];
  if (filter.level !== "debug") parts.push(line(`${filter.level} and worse`, "accent"));
  if (logs.lagMs > LAG_SHOWN_FROM_MS) parts.push(line(`${shortWait(logs.lagMs)} behind`, "warn"));
  if (logs.skipped > 0) parts.push(line(`${count(logs.skipped, "line")} left out`, "warn"));
  if (end === undefined) parts.push(line("following", "good"));
  else parts.push(line(`held, ${count(logs.page(filter, 0, end).newer, "newer line")}: f follows`, "warn"));
  return parts.flatMap((part, index) => (index > 0 ? [span(" · ", "muted"), ...part] : part));
}
