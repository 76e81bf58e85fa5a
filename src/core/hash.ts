/** A quick 128-bit fingerprint of bytes: tells inputs apart, proves nothing against an adversary. */
export class Fingerprint {
  #a = 0x9e3779b1;
  #b = 0x85ebca77;
  #c = 0xc2b2ae3d;
  #d = 0x27d4eb2f;

  /** Takes the bytes of a float64 column. */
  addFloats(column: Float64Array): this {
    const words = new Uint32Array(column.buffer, column.byteOffset, 2 * column.length);
    let [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d];
    const whole = words.length & ~3;
    for (let i = 0; i < whole; i += 4) {
      a = mix(a, words[i]!);
      b = mix(b, words[i + 1]!);
      c = mix(c, words[i + 2]!);
      d = mix(d, words[i + 3]!);
    }
    for (let i = whole; i < words.length; i++) a = mix(a, words[i]!);
    [this.#a, this.#b, this.#c, this.#d] = [a, b, c, d];
    return this.#stir(words.length);
  }

  addText(text: string): this {
    for (let i = 0; i < text.length; i++) this.#a = mix(this.#a, text.charCodeAt(i));
    return this.#stir(text.length);
  }

  /** 32 hexadecimal digits. */
  digest(): string {
    const last = new Fingerprint();
    [last.#a, last.#b, last.#c, last.#d] = [this.#a, this.#b, this.#c, this.#d];
    for (let round = 0; round < 4; round++) last.#stir(round);
    return [last.#a, last.#b, last.#c, last.#d].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** Lets each lane flow into the next, so that the place of a column counts. */
  #stir(length: number): this {
    this.#b = mix(this.#b, this.#a ^ length);
    this.#c = mix(this.#c, this.#b);
    this.#d = mix(this.#d, this.#c);
    this.#a = mix(this.#a, this.#d);
    return this;
  }
}

/** One round of xxHash32: multiply, rotate, multiply. */
function mix(lane: number, word: number): number {
  const sum = (lane + Math.imul(word, 0x85ebca77)) | 0;
  return Math.imul((sum << 13) | (sum >>> 19), 0x9e3779b1);
}
