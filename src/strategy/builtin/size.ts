import type { OrderRequest } from "../broker.ts";

/** A fixed number of units, or all free equity for 0. */
export function allOrUnits(units: number): OrderRequest {
  return units === 0 ? {} : { size: units };
}
