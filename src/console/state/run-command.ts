import { LOG_LEVELS } from "../../actions/desk-feed.ts";
import { GLOBAL, parseScope } from "../../trading/scope.ts";
import { COMMANDS, type CommandName } from "../input/commands.ts";
import { nextTheme } from "../view/theme.ts";
import {
  type ConsoleState,
  type Effect,
  type Intent,
  type Notice,
  type ScreenName,
  type Step,
  TABS,
} from "./console-state.ts";
import type { LogStore } from "./log-store.ts";
import { environmentOf, isLocked, UNLOCK_MS } from "./safety.ts";
import type { StackView } from "./stack-view.ts";

/** What a command may look at beside the state. */
export interface CommandContext {
  readonly view: StackView;
  readonly logs: LogStore;
  /** Ids of the rows of a screen's list, in the order shown. */
  readonly idsOf: (screen: ScreenName) => readonly string[];
  /** Rows of a page. */
  readonly pageRows: number;
  readonly now: number;
  readonly colourDepth: number;
}

const NOTICE_MS = 5_000;

/** The state after a command. `target` is what the palette chose; without one it is the row under the cursor. */
export function runCommand(state: ConsoleState, command: CommandName, target: string, context: CommandContext): Step {
  if (COMMANDS[command].mutates && isLocked(state, context.view, context.now)) return refused(state, context);
  switch (command) {
    case "quit":
      return { state, effect: { kind: "quit" } };
    case "next-screen":
    case "previous-screen":
      return { state: goTo(state, neighbour(state.screen, command === "next-screen" ? 1 : -1)) };
    case "up":
    case "down":
      return { state: moveBy(state, command === "up" ? -1 : 1, context) };
    case "page-up":
    case "page-down":
      return { state: moveBy(state, command === "page-up" ? -context.pageRows : context.pageRows, context) };
    case "first":
    case "last":
      return {
        state: moveBy(state, command === "first" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, context),
      };
    case "open":
      return { state: { ...goTo(state, "service"), selected: keepService(state, context), cameFrom: "services" } };
    case "back":
      return { state: goBack(state) };
    case "palette":
      return { state: { ...state, prompt: { kind: "palette", text: "", cursor: 0 } } };
    case "filter": {
      const before = state.filters[state.screen] ?? "";
      return { state: { ...state, prompt: { kind: "filter", text: before, before } } };
    }
    case "help":
      return { state: { ...state, prompt: { kind: "help" } } };
    case "kill":
      return {
        state: { ...state, prompt: { kind: "kill", scope: parseScope(target) ?? GLOBAL, reach: "block", reason: "" } },
      };
    case "unlock":
      return unlock(state, context);
    case "restart":
    case "stop":
    case "start":
      return confirm(state, { kind: command, instance: target || selectedId(state, "services", context) }, context);
    case "arm":
      return confirm(
        state,
        { kind: "arm", scope: parseScope(target || selectedId(state, "risk", context)) ?? GLOBAL },
        context,
      );
    case "show-logs": {
      const logSource = target || selectedId(state, "services", context);
      const { logEnd: _following, ...rest } = goTo(state, "logs");
      return { state: { ...rest, logSource, cameFrom: state.screen } };
    }
    case "log-level": {
      const next = LOG_LEVELS[(LOG_LEVELS.indexOf(state.logLevel) + 1) % LOG_LEVELS.length]!;
      return { state: { ...state, logLevel: next } };
    }
    case "follow":
      return { state: follow(state) };
    case "theme":
      return { state: { ...state, theme: nextTheme(state.theme, context.colourDepth) } };
    default:
      return { state: goTo(state, command) };
  }
}

/** What happens once the phrase was typed. */
export function confirmed(state: ConsoleState, intent: Intent, context: CommandContext): Step {
  if (intent.kind === "unlock") {
    const unlockedUntil = context.now + UNLOCK_MS;
    return { state: { ...state, unlockedUntil, notice: brief("Unlocked for 5 minutes.", "warn", context.now) } };
  }
  if (isLocked(state, context.view, context.now)) return refused(state, context);
  if (intent.kind === "arm") return carryOut(state, { ...intent, reason: "armed in the console" });
  return carryOut(state, intent);
}

/** Asks for an effect and says that it is under way. */
export function carryOut(state: ConsoleState, effect: Exclude<Effect, { kind: "quit" }>): Step {
  const target = "scope" in effect ? effect.scope : effect.instance;
  return { state: { ...state, notice: { text: `${effect.kind} ${target} …`, mood: "busy" } }, effect };
}

/** The row under the cursor: the selected one while it is there, else the first. */
export function selectedId(state: ConsoleState, screen: ScreenName, { idsOf }: Pick<CommandContext, "idsOf">): string {
  const ids = idsOf(screen);
  const chosen = state.selected[screen];
  return chosen !== undefined && ids.includes(chosen) ? chosen : (ids[0] ?? "");
}

function goTo(state: ConsoleState, screen: ScreenName): ConsoleState {
  const { cameFrom: _left, logSource: _source, ...rest } = state;
  return { ...rest, screen };
}

function goBack(state: ConsoleState): ConsoleState {
  if (state.filters[state.screen]) return { ...state, filters: { ...state.filters, [state.screen]: "" } };
  return state.cameFrom === undefined ? state : goTo(state, state.cameFrom);
}

function neighbour(screen: ScreenName, by: 1 | -1): ScreenName {
  const tab = screen === "service" ? "services" : screen;
  return TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length]!;
}

function moveBy(state: ConsoleState, by: number, context: CommandContext): ConsoleState {
  if (state.screen === "logs") return scrollLog(state, by, context);
  const list = state.screen === "service" ? "services" : state.screen;
  const ids = context.idsOf(list);
  if (ids.length === 0) return state;
  const at = ids.indexOf(selectedId(state, list, context));
  const next = ids[Math.max(0, Math.min(ids.length - 1, at + by))]!;
  return { ...state, selected: { ...state.selected, [list]: next } };
}

/** Scrolling up holds the page still; reaching the newest line follows it again. */
function scrollLog(state: ConsoleState, by: number, { logs }: CommandContext): ConsoleState {
  if (by === Number.POSITIVE_INFINITY) return follow(state);
  const filter = { level: state.logLevel, source: state.logSource, text: state.filters.logs };
  const end = logs.step(filter, state.logEnd ?? logs.total, by + (state.logEnd === undefined ? Math.sign(by) : 0));
  return end >= logs.total - 1 ? follow(state) : { ...state, logEnd: end };
}

function follow({ logEnd: _held, ...state }: ConsoleState): ConsoleState {
  return state;
}

function keepService(state: ConsoleState, context: CommandContext): ConsoleState["selected"] {
  return { ...state.selected, services: selectedId(state, "services", context) };
}

function confirm(state: ConsoleState, intent: Intent, context: CommandContext): Step {
  if ("instance" in intent && intent.instance === "") {
    return { state: { ...state, notice: brief("There is no service to do that with.", "warn", context.now) } };
  }
  return { state: { ...state, prompt: { kind: "confirm", intent, typed: "" } } };
}

function unlock(state: ConsoleState, context: CommandContext): Step {
  if (isLocked(state, context.view, context.now)) return confirm(state, { kind: "unlock" }, context);
  return { state: { ...state, notice: brief("Changes are possible already.", "good", context.now) } };
}

function refused(state: ConsoleState, { view, now }: CommandContext): Step {
  const environment = environmentOf(view);
  const why = environment === "live" ? "This is live" : "It is not known what this stack trades on";
  return {
    state: {
      ...state,
      notice: brief(`${why}: read-only. u unlocks it for 5 minutes; K kills at any time.`, "warn", now),
    },
  };
}

/** A notice that goes away by itself. */
export function brief(text: string, mood: Notice["mood"], now: number): Notice {
  return { text, mood, until: now + NOTICE_MS };
}
