import type { ScreenName } from "../state/console-state.ts";

export type CommandName =
  | "quit"
  | "overview"
  | "services"
  | "logs"
  | "orders"
  | "risk"
  | "backtests"
  | "incidents"
  | "runbooks"
  | "next-screen"
  | "previous-screen"
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "first"
  | "last"
  | "open"
  | "back"
  | "palette"
  | "filter"
  | "help"
  | "kill"
  | "arm"
  | "unlock"
  | "restart"
  | "stop"
  | "start"
  | "show-logs"
  | "log-level"
  | "follow"
  | "theme";

export interface CommandSpec {
  readonly title: string;
  /** The title for one target, as the palette lists it. */
  readonly titleFor?: (target: string) => string;
  /** Key names as `keyName` gives them. The first is the one that is shown. */
  readonly keys: readonly string[];
  /** Screens it works on; everywhere when left out. */
  readonly on?: readonly ScreenName[];
  /** The command line that does the same; undefined for what only moves about on the screen. */
  readonly cli?: (target: string) => string;
  /** Changes something in the running stack: locked in a live environment until unlocked. */
  readonly mutates?: true;
}

const SERVICES: readonly ScreenName[] = ["services", "service"];

/** Everything a key can do: the one table from which keys, help, footer and palette are made. */
export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  kill: {
    title: "Kill: stop trading in a scope",
    titleFor: (scope) => `Kill: stop trading in ${scope}`,
    keys: ["K"],
    cli: (scope) => `ttt kill --scope ${scope || "global"} --reason "…"`,
  },
  palette: { title: "Find a command", keys: [":"] },
  filter: { title: "Filter what is shown", keys: ["/"] },
  help: { title: "Keys and commands", keys: ["?"] },
  quit: { title: "Leave; nothing stops", keys: ["q", "ctrl-c"] },
  overview: { title: "Overview", keys: ["1"], cli: () => "ttt console --screen overview --plain" },
  services: { title: "Services", keys: ["2"], cli: () => "ttt status" },
  logs: { title: "Logs", keys: ["3"], cli: () => "ttt logs -f" },
  orders: { title: "Orders and positions", keys: ["4"], cli: () => "ttt console --screen orders --plain" },
  risk: { title: "Risk and kill switch", keys: ["5"], cli: () => "ttt kill status" },
  backtests: { title: "Backtests", keys: ["6"], cli: () => "ttt console --screen backtests --plain" },
  incidents: { title: "Incidents", keys: ["7"], cli: () => "ttt incident list" },
  runbooks: { title: "Runbooks", keys: ["8"], cli: () => "ttt runbook list" },
  "next-screen": { title: "Next screen", keys: ["tab"] },
  "previous-screen": { title: "Previous screen", keys: ["shift-tab"] },
  up: { title: "Up", keys: ["up", "k"] },
  down: { title: "Down", keys: ["down", "j"] },
  "page-up": { title: "A page up", keys: ["page-up", "ctrl-b"] },
  "page-down": { title: "A page down", keys: ["page-down", "ctrl-f"] },
  first: { title: "To the first", keys: ["home", "g"] },
  last: { title: "To the last", keys: ["end", "G"] },
  open: { title: "Open it", keys: ["enter"], on: ["services"] },
  back: { title: "Back; clear the filter", keys: ["escape"] },
  "show-logs": {
    title: "Its logs",
    titleFor: (instance) => `Logs of ${instance}`,
    keys: ["l"],
    on: SERVICES,
    cli: (instance) => `ttt logs ${instance} -f`,
  },
  restart: {
    title: "Restart it",
    titleFor: (instance) => `Restart ${instance}`,
    keys: ["r"],
    on: SERVICES,
    mutates: true,
    cli: (instance) => `ttt restart ${instance}`,
  },
  stop: {
    title: "Stop it",
    titleFor: (instance) => `Stop ${instance}`,
    keys: ["s"],
    on: SERVICES,
    mutates: true,
    cli: (instance) => `ttt stop ${instance}`,
  },
  start: {
    title: "Start it",
    titleFor: (instance) => `Start ${instance}`,
    keys: ["S"],
    on: SERVICES,
    mutates: true,
    cli: (instance) => `ttt start ${instance}`,
  },
  arm: {
    title: "Arm the scope",
    titleFor: (scope) => `Arm: let ${scope} trade again`,
    keys: ["A"],
    on: ["risk"],
    mutates: true,
    cli: (scope) => `ttt arm --scope ${scope || "global"} --reason "…"`,
  },
  "log-level": { title: "Next log level", keys: ["v"], on: ["logs"] },
  follow: { title: "Follow the end", keys: ["f"], on: ["logs"] },
  unlock: { title: "Unlock changes (live)", keys: ["u"] },
  theme: { title: "Next theme", keys: ["t"] },
};

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** Keys that differ from the table, by command. */
export type KeyOverrides = Readonly<Partial<Record<CommandName, readonly string[]>>>;

/** Which command each key starts, after the overrides; a key given to a command is taken from the one that had it. */
export class Keymap {
  readonly #keys: ReadonlyMap<CommandName, readonly string[]>;

  constructor(overrides: KeyOverrides = {}) {
    const taken = new Set(Object.values(overrides).flat());
    this.#keys = new Map(
      COMMAND_NAMES.map((name) => [name, overrides[name] ?? COMMANDS[name].keys.filter((key) => !taken.has(key))]),
    );
  }

  commandFor(key: string, screen: ScreenName): CommandName | undefined {
    return COMMAND_NAMES.find((name) => worksOn(name, screen) && this.#keys.get(name)?.includes(key));
  }

  keysOf(name: CommandName): readonly string[] {
    return this.#keys.get(name) ?? [];
  }
}

export function worksOn(name: CommandName, screen: ScreenName): boolean {
  return COMMANDS[name].on?.includes(screen) ?? true;
}
