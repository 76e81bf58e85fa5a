import type { MigrationPlan } from "../../actions/migrate-database.ts";
import type { MigrationView } from "../../ops/migration.ts";
import { table } from "./table.ts";

export function migrationsTable(views: readonly MigrationView[]): readonly string[] {
  const count = (wanted: MigrationView["state"]) => views.filter(({ state }) => state === wanted).length;
  const [pending, unknown] = [count("pending"), count("unknown")];
  return [
    ...table(
      ["MIGRATION", "STATE", "APPLIED"],
      views.map(({ name, state, appliedAt }) => [name, state, appliedAt ?? ""]),
    ),
    "",
    ...(unknown === 0 ? [] : [`${unknown} unknown here: the database is newer than this build.`]),
    pending === 0 ? "Nothing is pending." : `${pending} pending: ttt db plan, ttt db migrate.`,
  ];
}

/** The names and what is harmful in them; with `sql` the statements as they would run. */
export function planLines({ pending, others, refused }: MigrationPlan, options: { sql: boolean }): readonly string[] {
  if (pending.length === 0) return ["Nothing is pending."];
  const lines = pending.flatMap(({ name, sql, destructive }) => [
    ...(options.sql ? [`-- ${name}`, sql, ""] : [`would apply ${name}`]),
    ...destructive.map(({ why, statement }) => `${options.sql ? "-- " : "  "}${name} ${why}: ${statement}`),
  ]);
  if (!refused) return lines;
  const users = others.map(({ name, build }) => `${name} (${build ?? "unknown"})`).join(", ");
  return [...lines, `${options.sql ? "-- " : ""}would be refused while another build runs: ${users}`];
}
