/** The Private Use Area: one cell and one code unit each. Ink itself writes none of them. */
const FIRST_CODE = 0xe000;
const LAST_CODE = 0xf8ff;
const MARK = /[\ue000-\uf8ff]/g;

const ESC = "\u001b[";
const HOME = `${ESC}1;1H`;

/**
 * Gives Ink one character for the whole screen, and puts the rows that changed in its place on the way to the terminal.
 *
 * Ink lays out text cell by cell and compares it line by line: at 200 by 60 that costs 12 ms of processor time a frame,
 * however little of it changed. The console's rows are laid out already, so Ink is left with what it does well: the
 * tree, the keyboard, the alternate screen, and when a frame is due.
 */
export class ScreenPaint {
  #rows: readonly string[] = [];
  #painted: readonly string[] = [];
  #code = FIRST_CODE;

  /** The character that stands for these rows: another one for each new set of them. */
  markFor(rows: readonly string[]): string {
    if (rows !== this.#rows) {
      this.#rows = rows;
      this.#code = this.#code === LAST_CODE ? FIRST_CODE : this.#code + 1;
    }
    return String.fromCharCode(this.#code);
  }

  /** Writes every row anew with the next frame, whatever the terminal made of them. */
  forget(): void {
    this.#painted = [];
  }

  /** What Ink writes, with the newest rows in the place of the character. */
  expand(output: string): string {
    return output.replace(MARK, () => this.#changes());
  }

  /** Ink erases the row that it thinks its text is on: the first one is always written, and the cursor goes back there. */
  #changes(): string {
    const before = this.#painted;
    this.#painted = this.#rows;
    // Erased before it is written: after its last cell the cursor still stands on that cell.
    const changed = this.#rows.map((text, row) => (row > 0 && text === before[row] ? "" : `${at(row)}${ESC}K${text}`));
    const left = before.length > this.#rows.length ? `${at(this.#rows.length)}${ESC}J` : "";
    return `${changed.join("")}${left}${HOME}`;
  }
}

const at = (row: number) => `${ESC}${row + 1};1H`;
