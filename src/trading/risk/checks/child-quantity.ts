import { defineCheck, PASS } from "../check.ts";

export const childQuantity = defineCheck({
  id: "RC-44",
  name: "child-quantity",
  summary: "The children of an order never exceed it in all.",
  whenReducing: "apply",
  codes: {
    CHILD_EXCEEDS_PARENT: "The children would together exceed their parent.",
    PARENT_UNKNOWN: "The parent is not known.",
  },
  evaluate({ order: { parent, terms } }, say) {
    if (parent === undefined) return PASS;
    if (parent.remaining === undefined) return say.unknown("PARENT_UNKNOWN", { parent: parent.id });
    const values = { parent: parent.id, quantity: terms.quantity, remaining: parent.remaining };
    return terms.quantity <= parent.remaining ? say.pass(values) : say.deny("CHILD_EXCEEDS_PARENT", values);
  },
});
