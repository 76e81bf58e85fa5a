/** A step of the database, as this build brings it along. */
export interface Migration {
  /** `0031_job` */
  readonly name: string;
  /** The SQL that takes the step; what would take it back is not in it. */
  readonly sql: string;
}

/** A step that the database has taken. */
export interface AppliedMigration {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** `unknown`: the database has it and this build does not, so a newer build was here. */
export type MigrationState = "applied" | "pending" | "unknown";

export interface MigrationView {
  readonly name: string;
  readonly state: MigrationState;
  /** When it was applied, ISO; null when it was not. */
  readonly appliedAt: string | null;
}

/** Every migration that either side knows, by name. */
export function compareMigrations(
  brought: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly MigrationView[] {
  const known = new Set(brought.map(({ name }) => name));
  const done = new Map(applied.map(({ name, at }) => [name, new Date(at).toISOString()]));
  return [...new Set([...known, ...done.keys()])].sort().map((name) => {
    const appliedAt = done.get(name) ?? null;
    const state = appliedAt === null ? "pending" : known.has(name) ? "applied" : "unknown";
    return { name, state, appliedAt };
  });
}
