import { isClientOrderId } from "../../client-order-id.ts";
import { defineCheck, PASS } from "../check.ts";

export const orderId = defineCheck({
  id: "RC-20",
  name: "order-id",
  summary: "The client order id is well-formed and was never used before.",
  whenReducing: "apply",
  codes: {
    ORDER_ID_MALFORMED: "The id is not one that every venue accepts.",
    ORDER_ID_USED: "The id was used before.",
  },
  evaluate({ order }, say) {
    if (!isClientOrderId(order.id)) return say.deny("ORDER_ID_MALFORMED", { id: order.id });
    return order.idUsed ? say.deny("ORDER_ID_USED", { id: order.id }) : PASS;
  },
});
