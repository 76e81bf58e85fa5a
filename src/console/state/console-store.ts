import { type DeskFeed, type DeskMessage, LOG_LEVELS } from "../../actions/desk-feed.ts";
import type { CarryOut } from "../../actions/desk-request.ts";
import type { Cancel, Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { Keymap } from "../input/commands.ts";
import { drawFrame, pageRows, type Size } from "../screens/frame.ts";
import type { ConsoleModel } from "../screens/model.ts";
import { SCREENS } from "../screens/screens.ts";
import { toAnsi } from "../view/ansi.ts";
import type { ConsoleState, Effect } from "./console-state.ts";
import { LogStore } from "./log-store.ts";
import { type Key, paste, pressKey } from "./press-key.ts";
import { brief } from "./run-command.ts";
import { applyMessage, type StackView, UNSEEN } from "./stack-view.ts";

/** No more frames than ten a second, however much comes in. */
const FRAME_MS = 100;
/** Figures, ages and times move at this pace while somebody is at the keyboard, and at the other one later. */
const TICK_MS = 1_000;
const UNATTENDED_TICK_MS = 3_000;
const ATTENDED_MS = 10_000;

export interface ConsoleStoreOptions {
  readonly feed: DeskFeed;
  readonly carryOut: CarryOut;
  readonly clock: Clock;
  readonly keymap: Keymap;
  readonly state: ConsoleState;
  readonly size: Size;
  readonly colourDepth: number;
  /** Called once, when the person wants to leave. */
  readonly onQuit: () => void;
}

/**
 * Everything the console knows, outside of React. It takes messages, keys and time, and gives rows of text; listeners
 * hear of a change only when a row differs, so that nothing is drawn when nothing changes.
 */
export class ConsoleStore {
  #view: StackView = UNSEEN;
  #state: ConsoleState;
  #size: Size;
  #rows: readonly string[] = [];
  #drawnAt = Number.NEGATIVE_INFINITY;
  #pressedAt = Number.NEGATIVE_INFINITY;
  #due: Cancel | undefined;
  #tick: Cancel | undefined;
  #unsubscribe: Cancel | undefined;
  readonly #logs = new LogStore();
  readonly #listeners = new Set<() => void>();
  readonly #options: ConsoleStoreOptions;

  constructor(options: ConsoleStoreOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#size = options.size;
    this.#draw();
  }

  /** Starts to listen to the stack, until `close`. */
  open(): void {
    this.#unsubscribe = this.#options.feed.subscribe(
      (message) => this.#take(message),
      () => this.#isAttended(),
    );
    this.#startTick();
  }

  close(): void {
    this.#unsubscribe?.();
    this.#tick?.();
    this.#tick = undefined;
    this.#due?.();
  }

  /** The screen as rows of terminal text, from the top. The same array as long as nothing on it changes. */
  readonly rows = (): readonly string[] => this.#rows;

  readonly subscribe = (listener: () => void): Cancel => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Keys that arrived together. An enter among them confirms only what was asked before they came: a terminal that
   * does not mark pastes must not open a prompt and answer it in one go.
   */
  press(...keys: readonly Key[]): void {
    this.#pressedAt = this.#options.clock.monotonic();
    const asked = this.#state.prompt?.kind;
    for (const key of keys) {
      if (keys.length > 1 && key.name === "enter" && this.#state.prompt?.kind !== asked) continue;
      this.#pressOne(key);
    }
    this.#draw();
  }

  #pressOne(key: Key): void {
    const model = this.#model();
    const { state, effect } = pressKey(this.#state, key, this.#options.keymap, {
      view: this.#view,
      logs: this.#logs,
      idsOf: (screen) => SCREENS[screen].ids(model),
      pageRows: pageRows(this.#size),
      now: model.now,
      colourDepth: this.#options.colourDepth,
    });
    this.#state = state;
    if (effect) this.#carryOut(effect);
  }

  paste(text: string): void {
    this.#state = paste(this.#state, text);
    this.#draw();
  }

  /** Draws every row anew, also those that are the same. */
  resize(size: Size): void {
    this.#size = size;
    this.#rows = [];
    this.#draw();
  }

  #take(message: DeskMessage): void {
    const before = this.#view;
    this.#view = applyMessage(before, message);
    if (message.kind === "lines") this.#logs.push(message.lines, message.at, message.dropped);
    if (isNews(before, this.#view, message) && this.#shows(message)) this.#drawSoon();
  }

  #carryOut(effect: Effect): void {
    if (effect.kind === "quit") {
      this.#options.onQuit();
      return;
    }
    const now = () => this.#options.clock.now();
    this.#options.carryOut(effect).then(
      ({ text, mood }) => this.#settle({ ...this.#state, notice: brief(text, mood, now()) }),
      (error: unknown) => this.#settle({ ...this.#state, notice: { text: messageOf(error), mood: "bad" } }),
    );
  }

  #settle(state: ConsoleState): void {
    this.#state = state;
    this.#draw();
  }

  #isAttended(): boolean {
    return this.#options.clock.monotonic() - this.#pressedAt < ATTENDED_MS;
  }

  /** Every frame moves ages and times too, so the next tick is due a second after the last frame. */
  #startTick(): void {
    this.#tick?.();
    const { clock } = this.#options;
    this.#tick = clock.after(this.#isAttended() ? TICK_MS : UNATTENDED_TICK_MS, () => {
      const { notice, ...rest } = this.#state;
      if (notice?.until !== undefined && notice.until <= this.#options.clock.now()) this.#state = rest;
      this.#draw();
    });
  }

  /** Log lines are most of what comes in, and most screens show none of them. */
  #shows(message: DeskMessage): boolean {
    if (message.kind !== "lines") return true;
    const shown = SCREENS[this.#state.screen].logs;
    const least = shown === undefined ? undefined : LOG_LEVELS.indexOf(shown);
    return least !== undefined && message.lines.some(({ level }) => LOG_LEVELS.indexOf(level) >= least);
  }

  /** At once when the last frame is old enough, else as soon as it is. */
  #drawSoon(): void {
    if (this.#due) return;
    const wait = this.#drawnAt + FRAME_MS - this.#options.clock.monotonic();
    if (wait <= 0) this.#draw();
    else this.#due = this.#options.clock.after(wait, () => this.#draw());
  }

  #draw(): void {
    this.#due?.();
    this.#due = undefined;
    this.#drawnAt = this.#options.clock.monotonic();
    if (this.#tick) this.#startTick();
    const rows = drawFrame(this.#model(), this.#size).map((line) => toAnsi(line, this.#state.theme));
    if (rows.length === this.#rows.length && rows.every((row, index) => row === this.#rows[index])) return;
    this.#rows = rows;
    for (const listener of this.#listeners) listener();
  }

  #model(): ConsoleModel {
    const { clock, keymap } = this.#options;
    return { state: this.#state, view: this.#view, logs: this.#logs, keymap, now: clock.now() };
  }
}

/** Whether a message is worth a frame of its own. A sign of life or a moved figure waits for the next tick. */
function isNews(before: StackView, after: StackView, message: DeskMessage): boolean {
  if (before[message.topic].status !== after[message.topic].status) return true;
  if (message.kind === "heard") return false;
  if (message.kind === "snapshot" && message.topic === "trading") return isTradingNews(before, after);
  if (message.kind !== "service") return true;
  const known = before.services.value.find(({ instance }) => instance === message.service.instance);
  const { state, pid, restarts, reason } = message.service;
  return known?.state !== state || known.pid !== pid || known.restarts !== restarts || known.reason !== reason;
}

/** What a person may act on at once. Prices, profits and the fills of a strategy at work are figures. */
function isTradingNews({ trading: { value: before } }: StackView, { trading: { value: after } }: StackView): boolean {
  if (!before || !after) return true;
  const { level, epoch, levels, workers, orders } = after;
  return (
    before.level !== level ||
    before.epoch !== epoch ||
    before.levels.length !== levels.length ||
    workers.some(({ epoch: acknowledged }, index) => before.workers[index]?.epoch !== acknowledged) ||
    orders.some(({ state }) => state === "unresolved") !== before.orders.some(({ state }) => state === "unresolved")
  );
}
