import pty from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { KEYS, type KeyName } from "./terminal-keys.ts";
import { PATIENCE_MS } from "./until.ts";

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** One character cell with its look. Colours are palette numbers, `#rrggbb`, or undefined for the terminal's own. */
export interface Cell {
  readonly text: string;
  readonly foreground: number | string | undefined;
  readonly background: number | string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
}

export interface Exit {
  readonly code: number;
  /** Number of the signal that ended it; 0 for none. */
  readonly signal: number;
}

/** What a program must put back before it ends. */
export interface TerminalModes {
  readonly alternateScreen: boolean;
  readonly cursorVisible: boolean;
  readonly bracketedPaste: boolean;
  readonly mouse: boolean;
}

const FRAME_BEGINS = "\u001b[?2026h";

/** A condition on the screen: a text that stands somewhere on it, a pattern, or a question about its lines. */
export type ScreenCondition = string | RegExp | ((lines: readonly string[]) => boolean);

/**
 * A command in a pseudo-terminal, with an emulator that shows what a person would see.
 * Every wait resolves on a change of the screen; none of them sleeps.
 */
export class Terminal implements AsyncDisposable {
  readonly pid: number;
  /** Settles when the command has ended and all it wrote is on the screen. */
  readonly exited: Promise<Exit>;
  #bytes = 0;
  #frames = 0;
  #cursorVisible = true;
  #exit: Exit | undefined;
  #watchers = new Set<() => void>();
  readonly #pty: pty.IPty;
  readonly #screen: xterm.Terminal;

  constructor(file: string, args: readonly string[], options: TerminalOptions = {}) {
    const { columns = 80, rows = 24, cwd = process.cwd() } = options;
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    this.#trackCursor();
    this.#pty = pty.spawn(file, [...args], {
      name: "xterm-256color",
      cols: columns,
      rows,
      cwd,
      env: environment(options.env),
    });
    this.pid = this.#pty.pid;
    // The emulator answers what a program asks its terminal (cursor position, attributes).
    this.#screen.onData((reply) => this.#pty.write(reply));
    this.#pty.onData((data) => {
      this.#bytes += Buffer.byteLength(data);
      this.#frames += data.split(FRAME_BEGINS).length - 1;
      this.#screen.write(data, () => this.#changed());
    });
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        const exit = { code: exitCode, signal: signal ?? 0 };
        this.#screen.write("", () => {
          this.#exit = exit;
          resolve(exit);
          this.#changed();
        });
      });
    });
  }

  /** How many bytes the command wrote so far: an idle screen writes none. */
  get bytesWritten(): number {
    return this.#bytes;
  }

  /** How often it began an update that the terminal shows at once (synchronised output). */
  get framesWritten(): number {
    return this.#frames;
  }

  get modes(): TerminalModes {
    return {
      alternateScreen: this.#screen.buffer.active.type === "alternate",
      cursorVisible: this.#cursorVisible,
      bracketedPaste: this.#screen.modes.bracketedPasteMode,
      mouse: this.#screen.modes.mouseTrackingMode !== "none",
    };
  }

  /** The visible rows from the top, without the blanks at their ends. */
  lines(): string[] {
    const buffer = this.#screen.buffer.active;
    return Array.from(
      { length: this.#screen.rows },
      (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? "",
    );
  }

  /** The visible screen as one text. */
  text(): string {
    return this.lines().join("\n");
  }

  /** The cells of one visible row, left to right; the second half of a wide character is left out. */
  cells(row: number): Cell[] {
    const buffer = this.#screen.buffer.active;
    const line = buffer.getLine(buffer.baseY + row);
    const cells: Cell[] = [];
    for (let column = 0; column < this.#screen.cols; column++) {
      const cell = line?.getCell(column);
      if (cell && cell.getWidth() > 0) cells.push(describeCell(cell));
    }
    return cells;
  }

  /** The cells in which `text` stands the first time it appears on the screen. */
  cellsOf(text: string): Cell[] {
    for (const [row, line] of this.lines().entries()) {
      if (!line.includes(text)) continue;
      const cells = this.cells(row);
      const at = cells
        .map((cell) => cell.text)
        .join("")
        .indexOf(text);
      return cells.slice(at, at + text.length);
    }
    throw new Error(`"${text}" is not on the screen:\n${this.text()}`);
  }

  /** Presses named keys one after the other. */
  press(...names: readonly KeyName[]): void {
    for (const name of names) this.#pty.write(KEYS[name]);
  }

  /** Types characters as a person would: the program reads them one by one. */
  type(text: string): void {
    for (const character of text) this.#pty.write(character);
  }

  /** Sends text in one piece, as a paste or a program does. */
  send(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.#pty.kill(signal);
  }

  /**
   * Resolves with the lines as soon as the screen meets the condition.
   * Rejects, showing the screen, when the command ends first or the time is over.
   */
  waitFor(condition: ScreenCondition, timeoutMs = PATIENCE_MS): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const lines = this.lines();
        if (holds(condition, lines)) finish(() => resolve(lines));
        else if (this.#exit) finish(() => reject(this.#disappointed(condition, `ended with ${this.#exit?.code}`)));
      };
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(check);
        settle();
      };
      const timer = setTimeout(
        () => finish(() => reject(this.#disappointed(condition, `not within ${timeoutMs} ms`))),
        timeoutMs,
      );
      this.#watchers.add(check);
      check();
    });
  }

  /** Ends the command if it still runs and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#exit) this.#pty.kill("SIGKILL");
    await this.exited;
    this.#screen.dispose();
  }

  /** A frame that is still being written (synchronised output) is not on anybody's screen yet. */
  #changed(): void {
    if (this.#screen.modes.synchronizedOutputMode && !this.#exit) return;
    for (const watcher of [...this.#watchers]) watcher();
  }

  #trackCursor(): void {
    const follow = (visible: boolean) => (parameters: (number | number[])[]) => {
      if (parameters.includes(25)) this.#cursorVisible = visible;
      return false;
    };
    this.#screen.parser.registerCsiHandler({ prefix: "?", final: "h" }, follow(true));
    this.#screen.parser.registerCsiHandler({ prefix: "?", final: "l" }, follow(false));
  }

  #disappointed(condition: ScreenCondition, why: string): Error {
    return new Error(`waited for ${String(condition)}: ${why}. The screen:\n${this.text()}`);
  }
}

function holds(condition: ScreenCondition, lines: readonly string[]): boolean {
  if (typeof condition === "function") return condition(lines);
  const text = lines.join("\n");
  return typeof condition === "string" ? text.includes(condition) : condition.test(text);
}

function describeCell(cell: xterm.IBufferCell): Cell {
  return {
    text: cell.getChars() || " ",
    foreground: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
    background: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    inverse: cell.isInverse() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

function colour(isDefault: boolean, isRgb: boolean, value: number): number | string | undefined {
  if (isDefault) return undefined;
  return isRgb ? `#${value.toString(16).padStart(6, "0")}` : value;
}

/** A terminal's own environment: what makes programs think that they run in CI is left out. */
function environment(added: TerminalOptions["env"]): Record<string, string | undefined> {
  const { CI: _ci, CONTINUOUS_INTEGRATION: _continuous, NO_COLOR: _colour, FORCE_COLOR: _force, ...own } = process.env;
  return { ...own, TERM: "xterm-256color", COLORTERM: "truecolor", LANG: "C.UTF-8", ...added };
}
