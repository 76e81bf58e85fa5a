import { OutageError } from "../../core/errors.ts";
import type { Sql } from "./postgres.ts";

/** Resolves when the database answers and has these tables; throws OutageError that names those it has not. */
export async function askForTables(sql: Sql, tables: readonly string[]): Promise<void> {
  const missing = await sql.query<{ name: string }>(
    "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL",
    [tables],
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  throw new OutageError("postgres", `it answers, but has no table ${names}`, { hint: "ttt doctor" });
}
