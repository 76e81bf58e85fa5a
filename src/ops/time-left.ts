import type { InstanceView } from "./instance.ts";

export interface TimeLeft {
  /** `starts again in`, `has to be ready in`, `is killed in`; of whom it waits for when it waits: `postgres has …`. */
  readonly words: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What an instance, or the one that it waits for in the end, comes to by time alone; undefined when nothing does. */
export function timeLeft(view: InstanceView, all: readonly InstanceView[]): TimeLeft | undefined {
  if (view.due !== null) return { words: `${view.due.what} in`, at: view.due.at };
  const awaited = all.filter(({ service }) => service === view.waitsFor?.service && service !== view.service);
  for (const one of awaited) {
    const left = timeLeft(one, all);
    if (left !== undefined) return one.due === null ? left : { ...left, words: `${one.instance} ${left.words}` };
  }
  return undefined;
}
