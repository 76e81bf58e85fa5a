import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Random } from "../core/random.ts";

/** What to do after a process ended that should run. */
export type RestartDecision =
  | { readonly kind: "restart"; readonly delayMs: number }
  /** It will fail again until something else changes: wait for that, without counting. */
  | { readonly kind: "wait"; readonly delayMs: number }
  /** Restarting cannot help; a person must change something. */
  | { readonly kind: "fail" }
  /** It ended too often in too short a time. */
  | { readonly kind: "quarantine" };

/** The first restart is at once: most crashes are single. */
const FIRST_DELAY_MS = 20;
const BASE_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
/** An instance that was ready this long starts with a clean record. */
export const STABLE_AFTER_MS = 30_000;
/** This many ends without a stable time between them are a crash loop. */
export const MOST_ATTEMPTS = 5;
const DEPENDENCY_DELAY_MS = 1_000;

/** Ends that a restart cannot mend: wrong configuration, bad input, a port or lock that is taken, no permission. */
const HOPELESS: ReadonlySet<number> = new Set(
  [EXIT_CODES.usage, EXIT_CODES.configuration, EXIT_CODES.badData, EXIT_CODES.conflict, EXIT_CODES.unauthorized].map(
    ({ code }) => code,
  ),
);

/**
 * Decides by the exit code and by `attempts`: how often it has ended without being stable in between, this time
 * included.
 */
export function decideRestart(exitCode: number | undefined, attempts: number, random: Random): RestartDecision {
  if (exitCode !== undefined && HOPELESS.has(exitCode)) return { kind: "fail" };
  if (exitCode === EXIT_CODES.outage.code) return { kind: "wait", delayMs: jitter(DEPENDENCY_DELAY_MS, random) };
  if (attempts >= MOST_ATTEMPTS) return { kind: "quarantine" };
  if (attempts <= 1) return { kind: "restart", delayMs: FIRST_DELAY_MS };
  const exponential = Math.min(BASE_DELAY_MS * 2 ** (attempts - 2), LONGEST_DELAY_MS);
  return { kind: "restart", delayMs: jitter(exponential, random) };
}

/** Between half and the whole, so that many instances do not come back in step. */
function jitter(delayMs: number, random: Random): number {
  return Math.round(delayMs * (0.5 + random.next() / 2));
}
