import { codeTable } from "../trading/risk/registry.ts";
import type { Denial } from "./result.ts";

/** The orders that were refused for one reason. */
export interface DenialsOfCode {
  readonly code: string;
  readonly meaning: string;
  readonly count: number;
  /** The first of them. */
  readonly bar: number;
  readonly time: number;
}

const BY_THE_BROKER: Readonly<Record<string, string>> = {
  INSUFFICIENT_MARGIN: "the account could not afford the order",
  SIZE_BELOW_LOT: "the size was less than one lot",
};

/** Refused orders by their code, the most common first. */
export function denialsByCode(denials: readonly Denial[]): DenialsOfCode[] {
  const found = new Map<string, Omit<DenialsOfCode, "meaning">>();
  for (const { code, bar, time } of denials) {
    const known = found.get(code);
    found.set(code, known === undefined ? { code, count: 1, bar, time } : { ...known, count: known.count + 1 });
  }
  if (found.size === 0) return [];
  const meanings = new Map(codeTable().map(({ code, meaning }) => [code, meaning]));
  return [...found.values()]
    .map((one) => ({ ...one, meaning: meanings.get(one.code) ?? BY_THE_BROKER[one.code] ?? "" }))
    .sort((a, b) => b.count - a.count || a.bar - b.bar);
}
