import { z } from "zod";
import type { RunSpec } from "./run-spec.ts";

/**
 * How a specification that travels refers to bars: by the hash of their columns, and whether they are made up.
 * `sha256:HASH`, or `sha256:HASH:synthetic`.
 */
export interface SharedBars {
  readonly hash: string;
  readonly synthetic: boolean;
}

const PATTERN = /^sha256:([0-9a-f]{64})(:synthetic)?$/;

export const barHashSchema = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");

export const sharedBarsRef = ({ hash, synthetic }: SharedBars): string =>
  `sha256:${hash}${synthetic ? ":synthetic" : ""}`;

/** Undefined when the reference is a dataset's name or a path. */
export function parseSharedBars(ref: string): SharedBars | undefined {
  const [, hash, synthetic] = PATTERN.exec(ref) ?? [];
  return hash === undefined ? undefined : { hash, synthetic: synthetic !== undefined };
}

/** Every reference of a specification, the finer ones and the benchmark included. */
export function barRefsOf({ data, benchmark }: RunSpec): string[] {
  const refs = data.flatMap(({ ref, finer }) => (finer === undefined ? [ref] : [ref, finer]));
  return benchmark === undefined ? refs : [...refs, benchmark.ref];
}
