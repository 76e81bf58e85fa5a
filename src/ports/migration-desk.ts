import type { AppliedMigration, Migration } from "../ops/migration.ts";

/** The migrations of this build, and the database they belong to. */
export interface MigrationDesk {
  readonly build: string;
  /** In the order in which they run. */
  readonly brought: readonly Migration[];
  /** Changes nothing, even in a database that was never migrated. */
  applied(): Promise<readonly AppliedMigration[]>;
  /** Who uses the database now, of whatever build. */
  users(): Promise<readonly DatabaseUser[]>;
  /**
   * Applies what is pending, all of it or nothing, under a lock that only one holds at a time. Waits at most `waitMs`
   * for another to finish. `permit` sees what is pending when the lock is held, and refuses by throwing.
   */
  run(options: MigrationOptions): Promise<{ readonly applied: readonly string[] }>;
}

export interface MigrationOptions {
  readonly waitMs: number;
  permit(pending: readonly string[]): Promise<void>;
}

export interface DatabaseUser {
  /** `worker-1` */
  readonly name: string;
  /** Which build it runs; null when nobody can tell. */
  readonly build: string | null;
}
