import { setImmediate } from "node:timers/promises";

/** Waits until a rejected promise that nobody awaits has ended this thread, if code before this call left one behind. */
export async function failOnLeftoverRejections(): Promise<void> {
  await setImmediate();
}
