import type { Clock } from "../../core/clock.ts";
import { detached } from "../../core/trace.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = detached(() => setTimeout(callback, delayMs));
    return () => clearTimeout(timer);
  },
};
