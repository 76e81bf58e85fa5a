import { defineCheck, PASS } from "../check.ts";

export const coolDown = defineCheck({
  id: "RC-48",
  name: "cool-down",
  summary: "The strategy is not resting after a row of stop-outs.",
  whenReducing: "skip",
  codes: {
    COOLING_DOWN: "The strategy rests after too many stop-outs.",
    STOP_OUTS_UNKNOWN: "Stop-outs were not counted.",
  },
  evaluate({ flow, now }, say) {
    if (flow.coolDownUntil !== undefined && now.mono < flow.coolDownUntil) {
      return say.deny("COOLING_DOWN", { leftMs: flow.coolDownUntil - now.mono });
    }
    const tooMany = say.within("stopOutsBeforeCoolDown", flow.stopOuts, "COOLING_DOWN", "STOP_OUTS_UNKNOWN");
    return tooMany.kind === "PASS" ? PASS : tooMany;
  },
});
