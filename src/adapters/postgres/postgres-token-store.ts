import { createHash, randomBytes } from "node:crypto";
import type { ApiToken } from "../../ops/api-token.ts";
import type { Role } from "../../ops/role.ts";
import type { TokenStore } from "../../ports/token-store.ts";
import type { Postgres } from "./postgres.ts";

interface TokenRow {
  readonly name: string;
  readonly role: Role;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

const COLUMNS = "name, role, created_by, created_at, expires_at, revoked_at, last_used_at";
/** Says what it is wherever it turns up: secret scanners know such marks. */
const PREFIX = "ttt_";
/** The time of use is written no more often than this. */
const USE_GRAIN = "1 minute";

export function postgresTokenStore(postgres: Postgres): TokenStore {
  return {
    async create({ name, role, createdBy, lifeMs }) {
      const token = `${PREFIX}${randomBytes(32).toString("base64url")}`;
      const [row] = await postgres.query<TokenRow>(
        `INSERT INTO api_token (name, digest, role, created_by, expires_at)
         VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 ms')
         ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
        [name, digest(token), role, createdBy, lifeMs],
      );
      return row && { token, row: toToken(row) };
    },
    async list() {
      return (await postgres.query<TokenRow>(`SELECT ${COLUMNS} FROM api_token ORDER BY name`)).map(toToken);
    },
    async revoke(name) {
      const [row] = await postgres.query<TokenRow>(
        `UPDATE api_token SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE name = $1 RETURNING ${COLUMNS}`,
        [name],
      );
      return row && toToken(row);
    },
    async verify(token) {
      const [row] = await postgres.query<TokenRow & { stale: boolean }>(
        `SELECT ${COLUMNS}, last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '${USE_GRAIN}' AS stale
         FROM api_token WHERE digest = $1 AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
        [digest(token)],
      );
      if (row?.stale) {
        await postgres.execute("UPDATE api_token SET last_used_at = clock_timestamp() WHERE name = $1", [row.name]);
      }
      return row && toToken(row);
    },
  };
}

const digest = (token: string): Buffer => createHash("sha256").update(token).digest();

function toToken(row: TokenRow): ApiToken {
  return {
    name: row.name,
    role: row.role,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    ...(row.revoked_at && { revokedAt: row.revoked_at.getTime() }),
    ...(row.last_used_at && { lastUsedAt: row.last_used_at.getTime() }),
  };
}
