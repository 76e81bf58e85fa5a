/** UTF-8 takes at most so many bytes for one unit of a string. */
const MOST_BYTES_A_UNIT = 3;
/** One text gets at most this share of the room; what is longer loses its end. */
const LARGEST_SHARE = 1 / 8;

/**
 * Keeps the newest texts, as bytes in one piece of memory, and numbers them from 0. Texts that stay for some seconds and
 * then go are what a collector of generations copes with worst: it copies each of them twice, lets its young
 * generation grow for their sake, and then waits for the old one to fill up with them. Bytes are none of its business.
 */
export class TextRing {
  readonly capacity: number;
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  #first = 0;
  #next = 0;
  /** Where the next text begins. */
  #end = 0;

  /** At most `capacity` texts, in at most `bytes`. */
  constructor(capacity: number, bytes: number) {
    this.capacity = capacity;
    this.#bytes = Buffer.allocUnsafeSlow(bytes);
    this.#starts = new Uint32Array(capacity);
    this.#ends = new Uint32Array(capacity);
  }

  /** Number of the oldest text that is kept. */
  get first(): number {
    return this.#first;
  }

  /** How many texts ever came: the number that the next one gets. */
  get next(): number {
    return this.#next;
  }

  push(text: string): void {
    const longest = Math.floor(this.#bytes.length * LARGEST_SHARE);
    const room = Math.max(1, Math.min(text.length * MOST_BYTES_A_UNIT, longest));
    this.#makeRoom(room);
    const slot = this.#next % this.capacity;
    this.#starts[slot] = this.#end;
    this.#ends[slot] = this.#end + this.#bytes.write(text, this.#end, room);
    // An empty one takes a byte too, so that no two begin at the same place.
    this.#end = Math.max(this.#ends[slot]!, this.#end + 1);
    this.#next += 1;
  }

  at(number: number): string | undefined {
    if (number < this.#first || number >= this.#next) return undefined;
    const slot = number % this.capacity;
    return this.#bytes.toString("utf8", this.#starts[slot], this.#ends[slot]);
  }

  /** Lets go of the oldest as far as the next one needs their place. */
  #makeRoom(bytes: number): void {
    if (this.#next - this.#first === this.capacity) this.#first += 1;
    if (this.#end + bytes > this.#bytes.length) {
      this.#dropWithin(this.#end, this.#bytes.length);
      this.#end = 0;
    }
    this.#dropWithin(this.#end, this.#end + bytes);
  }

  #dropWithin(from: number, to: number): void {
    while (this.#first < this.#next) {
      const start = this.#starts[this.#first % this.capacity]!;
      if (start < from || start >= to) return;
      this.#first += 1;
    }
  }
}
