import type { Clock } from "../../core/clock.ts";
import { OperatorError } from "../../core/errors.ts";
import type { ApiToken } from "../../ops/api-token.ts";
import type { Role } from "../../ops/role.ts";
import type { Journal, JournalEntry } from "../../ports/journal.ts";
import type { TokenStore } from "../../ports/token-store.ts";

export type Command = Pick<JournalEntry, "actor" | "origin" | "commandId">;

export interface TokenRequest {
  readonly name: string;
  readonly role: Role;
  readonly lifeMs: number;
}

/** No token lives longer than a year: one that nobody renews is one that nobody remembers. */
export const LONGEST_LIFE_MS = 366 * 24 * 3_600_000;
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Makes a token for somebody, and puts on record that it was made. The token itself is in the answer and nowhere else. */
export async function createToken(
  request: TokenRequest,
  { tokens, journal, command }: { readonly tokens: TokenStore; readonly journal: Journal; readonly command: Command },
): Promise<{ readonly token: string; readonly row: ApiToken }> {
  const { name, role, lifeMs } = request;
  checkRequest(name, lifeMs);
  const made = await tokens.create({ name, role, createdBy: command.actor, lifeMs });
  if (!made) throw taken(name);
  const { expiresAt } = made.row;
  await journal.append({ kind: "token.created", ...command, body: { name, role, expiresAt } });
  return made;
}

/** What `createToken` would make. Throws as it would. */
export async function planToken(
  { name, role, lifeMs }: TokenRequest,
  { tokens, clock }: { readonly tokens: TokenStore; readonly clock: Clock },
): Promise<{ readonly name: string; readonly role: Role; readonly expiresAt: number }> {
  checkRequest(name, lifeMs);
  if ((await tokens.list()).some((row) => row.name === name)) throw taken(name);
  return { name, role, expiresAt: clock.now() + lifeMs };
}

/** What `revokeToken` would revoke. Throws as it would. */
export async function planRevocation(name: string, { tokens }: { readonly tokens: TokenStore }): Promise<ApiToken> {
  const row = (await tokens.list()).find((one) => one.name === name);
  if (!row) throw unknownToken(name);
  return row;
}

/** Makes a token worthless, and puts it on record. */
export async function revokeToken(
  name: string,
  { tokens, journal, command }: { readonly tokens: TokenStore; readonly journal: Journal; readonly command: Command },
): Promise<ApiToken> {
  const row = await tokens.revoke(name);
  if (!row) throw unknownToken(name);
  await journal.append({ kind: "token.revoked", ...command, body: { name } });
  return row;
}

function checkRequest(name: string, lifeMs: number): void {
  if (!NAME.test(name)) throw usage(`${name} cannot be the name of a token.`, "lower case, digits and hyphens", name);
  if (!(lifeMs > 0 && lifeMs <= LONGEST_LIFE_MS))
    throw usage("A token lives for a year at most, and not for nothing.", "up to 366d", `${lifeMs / 86_400_000}d`);
}

function taken(name: string): OperatorError {
  return new OperatorError(`There is a token ${name} already.`, {
    exit: "conflict",
    code: "TOKEN_EXISTS",
    found: name,
    hint: "Names are used once, so that the journal stays clear: choose another.",
  });
}

function unknownToken(name: string): OperatorError {
  return new OperatorError(`There is no token ${name}.`, {
    exit: "notFound",
    code: "TOKEN_UNKNOWN",
    found: name,
    hint: "ttt token list",
  });
}

function usage(message: string, expected: string, found: string): OperatorError {
  return new OperatorError(message, { exit: "usage", code: "USAGE", expected, found });
}
