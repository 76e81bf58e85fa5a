/** What a mistake would cost: nothing, nothing at an exchange that is real, or money. */
export type Environment = "paper" | "sandbox" | "live";

/** The only venue that is not an exchange. */
const PAPER = "paper";
/** What comes after the name of an exchange where only its test environment is traded. */
export const SANDBOX_SUFFIX = "-sandbox";

/** Of everything that is traded or was: one venue of real money makes it live. */
export function environmentOf(venues: readonly string[]): Environment {
  if (venues.every((venue) => venue === PAPER)) return "paper";
  return venues.every((venue) => venue === PAPER || venue.endsWith(SANDBOX_SUFFIX)) ? "sandbox" : "live";
}
