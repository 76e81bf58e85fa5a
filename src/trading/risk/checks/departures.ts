import { defineCheck } from "../check.ts";

export const departures = defineCheck({
  id: "RC-45",
  name: "departures",
  summary: "No more orders have left than were intended.",
  whenReducing: "apply",
  codes: {
    DEPARTED_EXCEEDS_INTENDED: "More orders have left than intents were committed.",
  },
  evaluate({ standing: { departed, intended } }, say) {
    const values = { departed, intended };
    return departed <= intended ? say.pass(values) : say.deny("DEPARTED_EXCEEDS_INTENDED", values);
  },
});
