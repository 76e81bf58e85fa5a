import { createHash, timingSafeEqual } from "node:crypto";
import { type Clock, sleep } from "../../src/core/clock.ts";
import { OutageError } from "../../src/core/errors.ts";
import { isAtLeast, type Role } from "../../src/ops/role.ts";
import type { ApiStores } from "../../src/runtime/api-stores.ts";
import { HttpRefusal } from "./problem.ts";
import type { Caller } from "./route.ts";

/** Finds the caller of a token; undefined when there is none. */
export type Authenticate = (token: string) => Promise<Caller | undefined> | Caller | undefined;

/** Whoever can read the state directory's token owns the stack. Compared in constant time. */
export function ownerToken(token: string): Authenticate {
  const expected = digest(token);
  return (given) => (timingSafeEqual(digest(given), expected) ? { name: "owner", role: "admin" } : undefined);
}

/** A token that was good is not asked about again for this long: so late may a revocation come. */
const TRUSTED_MS = 1_000;
/** While the database is away, a token that was good lately still is: the kill switch may depend on it. */
const TRUSTED_IN_OUTAGE_MS = 300_000;
/** A database that takes longer than this to find a token is as good as away. */
const LATE_MS = 1_000;
const MOST_REMEMBERED = 1_000;

/** The owner's token, and those that were made for others. */
export function knownTokens(owner: Authenticate, tokens: ApiStores["tokens"], clock: Clock): Authenticate {
  const remembered = new Map<string, { readonly caller: Caller; readonly at: number }>();
  return async (given) => {
    const isOwner = await owner(given);
    if (isOwner) return isOwner;
    const key = digest(given).toString("base64");
    const before = remembered.get(key);
    const age = before === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - before.at;
    if (before && age < TRUSTED_MS) return before.caller;
    const isRemembered = before !== undefined && age < TRUSTED_IN_OUTAGE_MS;
    try {
      const asked = tokens.verify(given);
      const token = isRemembered ? await orLate(asked, clock) : await asked;
      if (token === LATE) return before?.caller;
      remembered.delete(key);
      if (!token) return undefined;
      const caller = { name: token.name, role: token.role };
      remembered.set(key, { caller, at: clock.monotonic() });
      if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? key);
      return caller;
    } catch (error) {
      if (isRemembered && error instanceof OutageError) return before.caller;
      throw error;
    }
  };
}

const LATE = Symbol("late");

/** What was asked for, or `LATE`: a database that stands still says neither yes nor no. */
async function orLate<T>(asked: Promise<T>, clock: Clock): Promise<T | typeof LATE> {
  const answered = new AbortController();
  try {
    return await Promise.race([asked, sleep(clock, LATE_MS, answered.signal).then((): typeof LATE => LATE)]);
  } finally {
    answered.abort();
    // Its end may be an outage that nobody waits for any more.
    asked.catch(() => {});
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest();

const ANYONE: Caller = { name: "anyone", role: "viewer" };

/** The caller of a request, or a refusal: no token or a wrong one is 401, a weak one 403. */
export async function identify(
  authorization: string | undefined,
  needed: Role | "anyone",
  authenticate: Authenticate,
  onWrong: () => void = () => {},
): Promise<Caller> {
  if (needed === "anyone") return ANYONE;
  const [, token] = /^Bearer ([\w\-.~+/=]{1,512})$/i.exec(authorization ?? "") ?? [];
  if (token === undefined) {
    throw unauthorized("TOKEN_MISSING", "The request carries no token.", "Authorization: Bearer TOKEN");
  }
  const caller = await authenticate(token);
  if (!caller) {
    onWrong();
    throw unauthorized("TOKEN_WRONG", "The token is wrong, expired or revoked.", "ttt token list");
  }
  requireRole(caller, needed);
  return caller;
}

/** Throws a refusal (403) when the caller's role is too weak. */
export function requireRole(caller: Caller, needed: Role): void {
  if (isAtLeast(caller.role, needed)) return;
  throw new HttpRefusal(403, "The token's role does not allow this.", {
    exit: "unauthorized",
    code: "ROLE_TOO_WEAK",
    expected: `role ${needed}`,
    found: `role ${caller.role}`,
  });
}

function unauthorized(code: string, message: string, hint: string): HttpRefusal {
  return new HttpRefusal(401, message, { exit: "unauthorized", code, hint });
}
