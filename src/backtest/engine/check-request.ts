import type { OrderRequest } from "../../strategy/broker.ts";
import { StrategyFault } from "./strategy-fault.ts";

const KNOWN: Record<keyof OrderRequest, true> = {
  size: true,
  limit: true,
  stop: true,
  sl: true,
  tp: true,
  trail: true,
  trailFraction: true,
  timeInForce: true,
  until: true,
  oco: true,
  reduceOnly: true,
  tag: true,
};
const TIMES_IN_FORCE: ReadonlySet<string | undefined> = new Set([undefined, "gtc", "day", "gtd", "ioc", "fok"]);

/** A strategy's types are stripped, not checked: what they would have caught is caught here. Throws StrategyFault. */
export function checkRequest(request: OrderRequest): void {
  if (typeof request !== "object" || request === null) {
    throw new StrategyFault("ORDER_INVALID", `an order is an object such as { size: 10 }, not ${String(request)}`);
  }
  for (const key in request) {
    if (Object.hasOwn(KNOWN, key)) continue;
    throw new StrategyFault("ORDER_INVALID", `an order has no \`${key}\`, only ${Object.keys(KNOWN).join(", ")}`);
  }
  const { timeInForce, oco, size, until } = request;
  if (!TIMES_IN_FORCE.has(timeInForce)) {
    throw new StrategyFault("ORDER_INVALID", `timeInForce is gtc, day, gtd, ioc or fok, not ${String(timeInForce)}`);
  }
  if (until !== undefined && timeInForce !== "gtd") {
    throw new StrategyFault("ORDER_INVALID", '`until` goes with timeInForce: "gtd"');
  }
  if (oco !== undefined && typeof oco !== "string") {
    throw new StrategyFault("ORDER_INVALID", "oco is a text that the orders of one group share");
  }
  if (size === undefined || typeof size === "number") return;
  const forms = typeof size === "object" && size !== null ? Object.keys(size) : [];
  if (forms.length !== 1 || !SIZE_FORMS.has(forms[0]!)) {
    throw new StrategyFault("SIZE_INVALID", `a size is a number, or one of { ${[...SIZE_FORMS].join(" }, { ")} }`);
  }
}

const SIZE_FORMS: ReadonlySet<string> = new Set(["lots", "fraction", "notional", "risk"]);
