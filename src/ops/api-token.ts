import type { Role } from "./role.ts";

/** A token of the API as it is kept: everything but the token itself. Times in milliseconds since the epoch. */
export interface ApiToken {
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
  readonly lastUsedAt?: number;
}
