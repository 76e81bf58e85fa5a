/** Places of a call at which a test can halt a worker, and what it does when it passes them. */
interface Halting {
  readonly places: readonly string[];
  readonly when: "trading" | "recovering" | "ending";
}

/** Why it is no place of the order path. */
type Aside = string;

/**
 * Every way out of the files that carry orders, from the lease to the fill, by the names in the code. A test reads the
 * code and finds each of them here: what is new there is named here, and then halted at, or said to be none of it.
 */
export const ORDER_PATH = {
  "leases.take": { places: ["lease taken"], when: "recovering" },
  "leases.renew": { places: ["lease renewed"], when: "trading" },
  "leases.release": { places: ["lease given back"], when: "ending" },
  "authority.read": { places: ["permit read"], when: "trading" },
  "registry.acknowledge": { places: ["level acknowledged"], when: "trading" },
  "registry.leave": { places: ["registry left"], when: "ending" },
  "orders.load": { places: ["partition loaded"], when: "recovering" },
  "orders.commitIntents": { places: ["intents committed"], when: "trading" },
  "orders.recordBook": { places: ["order stored", "fill stored"], when: "trading" },
  "orders.recordCertificate": { places: ["certificate written"], when: "recovering" },
  "orders.recordProgress": { places: ["progress written"], when: "ending" },
  "orders.others": { places: ["others' record read"], when: "trading" },
  // The write to the socket lies within the sending.
  "venue.submit": { places: ["order sent", "order written"], when: "trading" },
  "venue.cancel": { places: ["cancel sent"], when: "trading" },
  "venue.onEvent": { places: ["order-accepted", "order-filled", "order-canceled"], when: "trading" },
  "venue.order": { places: ["order asked for"], when: "recovering" },
  "venue.snapshot": { places: ["snapshot taken"], when: "trading" },
  "venue.deadMan": { places: ["dead-man's switch set"], when: "recovering" },
  "marketData.history": { places: ["history read"], when: "recovering" },
  "marketData.subscribe": { places: ["market followed"], when: "recovering" },
  "orders.recordDenials": "what was denied does not leave, and nothing waits for its record",
  "orders.recordEquity": "the account's day and peak, one row by itself that nothing waits for",
  "authority.raise": "raises a level, which only stops; until it is on record the latches hold it",
  "one.raise": "the latches of such a level",
  "copy.read": "within the permit's read, beside the authority",
  "copy.follow": "brings copies in line after the permit was given",
  "place.onChange": "once, before anything is held",
} as const satisfies Record<string, Halting | Aside>;

type Halts = Extract<(typeof ORDER_PATH)[keyof typeof ORDER_PATH], Halting>;

/** `order sent`: a worker can be halted before it and after it. */
export type Place = Halts["places"][number];

/** The places that a worker passes while it does this, before and after each. */
export function placesWhile(when: Halting["when"]): string[] {
  const halts = Object.values(ORDER_PATH).filter((one): one is Halts => typeof one !== "string" && one.when === when);
  return halts.flatMap(({ places }) => places.flatMap((place) => [`before ${place}`, `after ${place}`]));
}
