import { createHash, timingSafeEqual } from "node:crypto";
import { isAtLeast, type Role } from "../../src/ops/role.ts";
import { HttpRefusal } from "./problem.ts";
import type { Caller } from "./route.ts";

/** Finds the caller of a token; undefined when there is none. */
export type Authenticate = (token: string) => Promise<Caller | undefined> | Caller | undefined;

/** Whoever can read the state directory's token owns the stack. Compared in constant time. */
export function ownerToken(token: string): Authenticate {
  const expected = digest(token);
  return (given) => (timingSafeEqual(digest(given), expected) ? { name: "owner", role: "admin" } : undefined);
}

const digest = (text: string) => createHash("sha256").update(text).digest();

const ANYONE: Caller = { name: "anyone", role: "viewer" };

/** The caller of a request, or a refusal: no token or a wrong one is 401, a weak one 403. */
export async function identify(
  authorization: string | undefined,
  needed: Role | "anyone",
  authenticate: Authenticate,
): Promise<Caller> {
  if (needed === "anyone") return ANYONE;
  const [, token] = /^Bearer ([\w\-.~+/=]{1,512})$/i.exec(authorization ?? "") ?? [];
  if (token === undefined) {
    throw unauthorized("TOKEN_MISSING", "The request carries no token.", "Authorization: Bearer TOKEN");
  }
  const caller = await authenticate(token);
  if (!caller) throw unauthorized("TOKEN_WRONG", "The token is wrong, expired or revoked.", "ttt token list");
  if (isAtLeast(caller.role, needed)) return caller;
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
