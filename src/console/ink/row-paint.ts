/** First and last code point of Supplementary Private Use Area-A: one cell wide, in no text that a terminal shows. */
const FIRST_CODE = 0xf0000;
const LAST_CODE = 0xffffd;
const CODES = /[\u{f0000}-\u{ffffd}]/gu;

/**
 * Gives Ink one character for a whole row of the screen, and puts the row in its place on the way to the terminal.
 *
 * Ink lays out text cell by cell: at 200 by 60 that costs 19 ms of processor time a frame, however little of it
 * changed. The console's rows are laid out already, so Ink is left with what it does well: the tree, the keyboard,
 * the alternate screen, and writing only the lines that changed.
 */
export class RowPaint {
  readonly #rows: { code: number; text: string }[] = [];
  readonly #texts = new Map<number, string>();
  #next = FIRST_CODE;

  /** The character that stands for `text` in row `index`: another one whenever the text is another. */
  characterFor(index: number, text: string): string {
    const held = this.#rows[index];
    if (held?.text === text) return String.fromCodePoint(held.code);
    if (held) this.#texts.delete(held.code);
    const code = this.#freeCode();
    this.#rows[index] = { code, text };
    this.#texts.set(code, text);
    return String.fromCodePoint(code);
  }

  /** Gives every row another character: all of them are written anew, whatever the terminal made of them. */
  forget(): void {
    this.#texts.clear();
    this.#rows.length = 0;
  }

  /** What Ink writes, with the rows in place of their characters. */
  expand(output: string): string {
    return output.replace(CODES, (character) => this.#texts.get(character.codePointAt(0)!) ?? "");
  }

  /** Codes are used in turn, so that a row never gets back the character that is still on the screen. */
  #freeCode(): number {
    do this.#next = this.#next === LAST_CODE ? FIRST_CODE : this.#next + 1;
    while (this.#texts.has(this.#next));
    return this.#next;
  }
}
