/** One figure of the table of speeds. A file `bp-*.ts` or `oa-*.ts` in this folder exports its benches by name. */
export interface Bench {
  /** `BP-01` */
  readonly id: string;
  readonly title: string;
  /** Measures; called in a process of its own. */
  measure(): Promise<Figure[]> | Figure[];
}

export interface Figure {
  readonly id: string;
  /** What was measured, in `unit`, over the repetitions. */
  readonly median: number;
  /** Distance between the quartiles, as a fraction of the median. */
  readonly spread: number;
  readonly unit: string;
  /** Against what runs beside it: the median over repetitions, each of them a pair. */
  readonly ratio: number;
  /** What the ratio must reach, or must not exceed. */
  readonly mark: number;
  readonly pass: boolean;
  readonly repetitions: number;
  /** Whatever else is worth knowing. */
  readonly notes?: Readonly<Record<string, number | string>>;
}

/** Durations in milliseconds, turn by turn. */
export interface Timed {
  /** By the clock on the wall. */
  readonly wall: readonly number[];
  /** What the processor spent on this thread: other programs on a shared machine do not count. */
  readonly processor: readonly number[];
}

export interface Paired {
  readonly ours: Timed;
  readonly theirs: Timed;
}

/** Times two functions turn by turn; the first `warmUps` pairs do not count. */
export function timePairs(ours: () => void, theirs: () => void, repetitions: number, warmUps = 10): Paired {
  for (let i = 0; i < warmUps; i++) {
    ours();
    theirs();
  }
  const pairs = { ours: noTimes(), theirs: noTimes() };
  for (let i = 0; i < repetitions; i++) {
    time(ours, pairs.ours);
    time(theirs, pairs.theirs);
  }
  return pairs;
}

function noTimes(): { wall: number[]; processor: number[] } {
  return { wall: [], processor: [] };
}

function time(run: () => void, times: { wall: number[]; processor: number[] }): void {
  const [wall, processor] = [performance.now(), processorMs()];
  run();
  times.wall.push(performance.now() - wall);
  times.processor.push(processorMs() - processor);
}

/** What the processor has spent on this thread so far. */
export function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))]!;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const spread = (values: readonly number[]): number =>
  (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);

/** How fast ours is beside theirs: medians of what the processor spent, each pair having met the same machine. */
export const ratioOf = ({ ours, theirs }: Paired): number => median(theirs.processor) / median(ours.processor);
