import { createHash, randomUUID } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { OperatorError } from "../../core/errors.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { type Account, canWalkTo } from "./run-as.ts";

/** Where root keeps what can be made again. Every user may enter it. */
const CACHE = "/var/cache/ttt";

/**
 * The programs where the account may run them. An installation below a folder of root's own (/root, say) is closed to
 * every other account, and the right to walk there does not help: PostgreSQL's programs ask access(2), which looks at
 * the account alone. Then they run from a copy, made once for each installation.
 */
export function programsWithinReach(
  binaries: PostgresBinaries,
  owner: Account | undefined,
  cache = CACHE,
): PostgresBinaries {
  if (owner === undefined || canWalkTo(binaries.postgres, owner)) return binaries;
  const native = dirname(dirname(binaries.postgres));
  const copy = join(cache, nameOf(native));
  if (!existsSync(copy)) {
    if (mkdirSync(cache, { recursive: true }) !== undefined) chmodSync(cache, 0o755);
    refuseStrangers(cache);
    // Beside and renamed, so that nobody runs half a copy; of two at the same time, one wins and both are right.
    const draft = `${copy}.${randomUUID()}`;
    try {
      cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
      openFolders(draft);
      if (!existsSync(copy)) renameSync(draft, copy);
    } catch (error) {
      if (!existsSync(copy)) throw unreachable(binaries.postgres, owner, copy, error);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  refuseStrangers(copy);
  const moved = (program: string) => join(copy, "bin", basename(program));
  if (!canWalkTo(moved(binaries.postgres), owner)) throw unreachable(binaries.postgres, owner, copy);
  return { postgres: moved(binaries.postgres), initdb: moved(binaries.initdb) };
}

/** Whatever the umask of whoever copied them. */
function openFolders(root: string): void {
  chmodSync(root, 0o755);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}

/** Another installation, or the same one with other programs in it, has another copy. */
function nameOf(native: string): string {
  const { mtimeMs, size } = statSync(join(native, "bin", "postgres"));
  return `postgres-${createHash("sha256").update(`${native}\n${mtimeMs}\n${size}`).digest("hex").slice(0, 16)}`;
}

/** Programs that somebody else could have written are not run. */
function refuseStrangers(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return;
  throw new OperatorError(`${folder} could have been written by somebody else.`, {
    exit: "configuration",
    code: "POSTGRES_COPY_DOUBTFUL",
    expected: "a folder of root's that nobody else may write",
    hint: `Look at it, remove it, and try again.`,
  });
}

function unreachable(program: string, { name }: Account, copy: string, cause?: unknown): OperatorError {
  return new OperatorError(`PostgreSQL runs as the user ${name}, who cannot reach its programs.`, {
    exit: "configuration",
    code: "POSTGRES_CANNOT_REACH",
    expected: "an installation that every user may enter, or room for a copy",
    found: `${program}, and no copy at ${copy}`,
    hint: "Install ttt in such a folder (/opt/ttt), or run it as an ordinary user.",
    cause,
  });
}
