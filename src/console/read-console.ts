import type { DeskFeed, Topic } from "../actions/desk-feed.ts";
import type { Clock } from "../core/clock.ts";
import { Keymap } from "./input/commands.ts";
import { drawPlain } from "./screens/frame.ts";
import { initialState, type ScreenName } from "./state/console-state.ts";
import { LogStore } from "./state/log-store.ts";
import { applyMessage, type StackView, UNSEEN } from "./state/stack-view.ts";
import { plainText } from "./view/line.ts";
import { MONOCHROME } from "./view/theme.ts";

export interface ConsoleReading {
  readonly view: StackView;
  /** The screen as lines of text, without colour. */
  readonly lines: readonly string[];
}

export interface ReadOptions {
  readonly screen: ScreenName;
  /** Cells of a line. */
  readonly width: number;
  /** For sources that neither answer nor refuse. */
  readonly timeoutMs: number;
}

/** One look at the stack, as soon as all that the screen needs has answered or is known to be gone. */
export async function readConsole(feed: DeskFeed, clock: Clock, options: ReadOptions): Promise<ConsoleReading> {
  const logs = new LogStore();
  const view = await new Promise<StackView>((resolve) => {
    let seen = UNSEEN;
    const finish = () => {
      cancelTimeout();
      unsubscribe();
      resolve(seen);
    };
    const cancelTimeout = clock.after(options.timeoutMs, finish);
    const unsubscribe = feed.subscribe((message) => {
      seen = applyMessage(seen, message);
      if (message.kind === "lines") logs.push(message.lines, message.at, message.dropped);
      // Later than the subscription itself, which may speak before it returns.
      if (isAnswered(seen, options.screen)) queueMicrotask(finish);
    });
  });
  const state = initialState(MONOCHROME, options.screen);
  const model = { state, view, logs, keymap: new Keymap(), now: clock.now() };
  return { view, lines: drawPlain(model, options.width).map(plainText) };
}

/** What the header tells of, on every screen. */
const ALWAYS: readonly Topic[] = ["services", "trading"];
/** What a screen cannot be read without beside that. */
const NEEDED: Readonly<Partial<Record<ScreenName, Topic>>> = {
  logs: "logs",
  backtests: "backtests",
  incidents: "incidents",
  runbooks: "runbooks",
};

function isAnswered(view: StackView, screen: ScreenName): boolean {
  const own = NEEDED[screen];
  return [...ALWAYS, ...(own ? [own] : [])].every((topic) => view[topic].status !== "connecting");
}
