/** Everything that happened, as a running hash, and the last lines for whoever looks at a failed seed. */
export class EventLog {
  readonly #keep: number;
  readonly lines: string[] = [];
  #a = 0xdeadbeef;
  #b = 0x41c6ce57;

  constructor(keep: number) {
    this.#keep = keep;
  }

  write(time: number, who: string, what: string): void {
    const line = `${time.toFixed(3)} ${who} ${what}`;
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index);
      this.#a = Math.imul(this.#a ^ code, 2654435761);
      this.#b = Math.imul(this.#b ^ code, 1597334677);
    }
    if (this.#keep === 0) return;
    if (this.lines.length >= this.#keep) this.lines.shift();
    this.lines.push(line);
  }

  /** 64 bits in hex: equal for equal histories. */
  get hash(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
