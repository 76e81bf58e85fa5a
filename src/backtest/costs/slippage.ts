/** How far market and stop fills are worse than the quoted price. */
export type SlippageTerms =
  /** A price distance. */
  | { readonly kind: "fixed"; readonly amount: number }
  /** A fraction of the price. */
  | { readonly kind: "relative"; readonly fraction: number }
  /** impact * (units / bar volume)^2 of the price, the share counted up to `limit` (default 1). */
  | { readonly kind: "volume-share"; readonly impact: number; readonly limit?: number };

/** The price paid for `units` (positive buys, negative sells) quoted at `price` in a bar of this volume. */
export type Slippage = (units: number, price: number, volume: number) => number;

/** The slippage function of the terms, or undefined when there is none. */
export function slippageOf(terms: number | SlippageTerms | undefined): Slippage | undefined {
  if (terms === undefined || terms === 0) return undefined;
  const model = typeof terms === "number" ? { kind: "relative" as const, fraction: terms } : terms;
  switch (model.kind) {
    case "fixed":
      return (units, price) => price + Math.sign(units) * model.amount;
    case "relative":
      return (units, price) => price * (1 + Math.sign(units) * model.fraction);
    case "volume-share":
      return (units, price, volume) => {
        const share = Math.min(volume > 0 ? Math.abs(units) / volume : Infinity, model.limit ?? 1);
        return price * (1 + Math.sign(units) * model.impact * share * share);
      };
  }
}
