import { defineCheck, PASS } from "../check.ts";

export const messageRate = defineCheck({
  id: "RC-40",
  name: "message-rate",
  summary: "A bucket of orders that refills at a steady pace. Cancels and queries have a lane of their own.",
  whenReducing: "skip",
  codes: {
    MESSAGE_RATE_ABOVE_LIMIT: "The bucket of orders is empty.",
  },
  evaluate({ flow, limits, now }, say) {
    const rate = limits.messagesPerSecond;
    const burst = limits.messageBurst;
    if (rate === undefined || burst === undefined) {
      return say.unknown("LIMIT_MISSING", { limit: rate === undefined ? "messagesPerSecond" : "messageBurst" });
    }
    if (rate === null || burst === null) return PASS;
    const left = tokensLeft(flow.sent, rate.value, burst.value, now.mono);
    const values = { tokens: left, perSecond: rate.value, burst: burst.value };
    return left >= 1 ? say.pass(values) : say.deny("MESSAGE_RATE_ABOVE_LIMIT", values);
  },
});

/** Replays the window through a bucket that was full at its start. */
function tokensLeft(sent: readonly number[], perSecond: number, burst: number, now: number): number {
  let tokens = burst;
  let last = sent[0] ?? now;
  for (const at of sent) {
    tokens = Math.min(burst, tokens + ((at - last) / 1000) * perSecond) - 1;
    last = at;
  }
  return Math.min(burst, tokens + ((now - last) / 1000) * perSecond);
}
