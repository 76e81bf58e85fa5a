import { OperatorError } from "../core/errors.ts";
import { type DestructiveStatement, destructiveStatements } from "../ops/destructive-sql.ts";
import { compareMigrations, type Migration, type MigrationView } from "../ops/migration.ts";
import type { DatabaseUser, MigrationDesk } from "../ports/migration-desk.ts";

/** What `ttt db migrate` would do, without doing it. */
export interface MigrationPlan {
  readonly pending: readonly PlannedMigration[];
  /** Who runs another build beside; asked only when something destructive is pending. */
  readonly others: readonly DatabaseUser[];
  /** Whether it would be refused without `--force`. */
  readonly refused: boolean;
}

export interface PlannedMigration extends Migration {
  readonly destructive: readonly DestructiveStatement[];
}

export async function readMigrations(desk: MigrationDesk): Promise<readonly MigrationView[]> {
  return compareMigrations(desk.brought, await desk.applied());
}

export async function planMigrations(desk: MigrationDesk): Promise<MigrationPlan> {
  const views = await readMigrations(desk);
  return plan(
    desk,
    views.filter(({ state }) => state === "pending").map(({ name }) => name),
  );
}

/**
 * Brings the database to this build. What an older version may not survive is refused while one runs, unless forced;
 * that is looked at with the lock held, so that nobody migrates between the look and the deed.
 */
export async function migrateDatabase(
  desk: MigrationDesk,
  { waitMs, force = false }: { readonly waitMs: number; readonly force?: boolean },
): Promise<{ readonly applied: readonly string[] }> {
  return desk.run({
    waitMs,
    permit: async (pending) => {
      if (!force) refuseWhereOldRuns(await plan(desk, pending));
    },
  });
}

/** Throws MIGRATION_DESTRUCTIVE when the plan is one that is refused. */
export function refuseWhereOldRuns({ pending, others, refused }: MigrationPlan): void {
  if (!refused) return;
  const harm = pending.flatMap(({ name, destructive }) => destructive.map(({ why }) => `${name} ${why}`));
  const users = others.map(
    ({ name, build }) => `${name} runs ${build === null ? "an unknown build" : `build ${build}`}`,
  );
  throw new OperatorError("A migration takes away what a version that still runs may use.", {
    exit: "refused",
    code: "MIGRATION_DESTRUCTIVE",
    expected: "no other build at work on this database",
    found: `${[...new Set(harm)].join(", ")}; ${users.join(", ")}`,
    hint: "ttt db plan shows the statements; reload or stop what runs the other build, or --force with a --reason",
    retryable: true,
  });
}

async function plan(desk: MigrationDesk, names: readonly string[]): Promise<MigrationPlan> {
  const pending = desk.brought
    .filter(({ name }) => names.includes(name))
    .map((one) => ({ ...one, destructive: destructiveStatements(one.sql) }));
  const isDestructive = pending.some(({ destructive }) => destructive.length > 0);
  const others = isDestructive ? (await desk.users()).filter(({ build }) => build !== desk.build) : [];
  return { pending, others, refused: others.length > 0 };
}
