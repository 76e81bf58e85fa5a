import type { ApiToken } from "../ops/api-token.ts";
import type { Role } from "../ops/role.ts";

/** Tokens of the API. They are kept as digests: one that is lost is replaced, not found. */
export interface TokenStore {
  /** Makes a token and returns it, this once. Undefined when the name is taken. */
  create(token: {
    readonly name: string;
    readonly role: Role;
    readonly createdBy: string;
    readonly lifeMs: number;
  }): Promise<{ readonly token: string; readonly row: ApiToken } | undefined>;
  list(): Promise<readonly ApiToken[]>;
  /** From now on it is worth nothing. Undefined when there is none of this name. */
  revoke(name: string): Promise<ApiToken | undefined>;
  /** Whose token this is, and that it was used; undefined when it is wrong, expired or revoked. */
  verify(token: string): Promise<ApiToken | undefined>;
}
