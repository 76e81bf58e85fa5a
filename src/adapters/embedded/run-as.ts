import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { OperatorError } from "../../core/errors.ts";

/** The user a program runs as, and the words to put before its command line. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  readonly prefix: readonly string[];
}

/** An account of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it one of these accounts. */
const ACCOUNTS = ["postgres", "nobody"];

/**
 * How to run PostgreSQL from here. An ordinary user runs it as himself. Root runs it as another account; when that
 * account could not walk to one of `paths` (a home of root's, say), it is given the one right to do so.
 */
export function runPostgresAs(paths: readonly string[]): RunAs & { owner: Account | undefined } {
  if (process.getuid?.() !== 0) return { prefix: [], owner: undefined };
  const owner = findAccount();
  if (paths.every((path) => canWalkTo(path, owner))) return { uid: owner.uid, gid: owner.gid, prefix: [], owner };
  const right = walkingRight();
  const prefix = [
    "setpriv",
    ...["--reuid", String(owner.uid), "--regid", String(owner.gid), "--clear-groups"],
    ...["--inh-caps", `-all,+${right}`, "--ambient-caps", `-all,+${right}`, "--bounding-set", `-all,+${right}`],
  ];
  if (spawnSync(prefix[0]!, [...prefix.slice(1), "true"]).status === 0) return { prefix, owner };
  const blocked = paths.find((path) => !canWalkTo(path, owner));
  throw new OperatorError(`PostgreSQL runs as the user ${owner.name}, who cannot reach ${blocked}.`, {
    exit: "configuration",
    code: "POSTGRES_CANNOT_REACH",
    expected: "folders every user may enter, or the program setpriv to grant the way",
    hint: "Set TTT_HOME to such a folder (/var/lib/ttt), or run ttt as an ordinary user.",
  });
}

function findAccount(): Account {
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const wanted of ACCOUNTS) {
    const [name, , uid, gid] = lines.find((line) => line.startsWith(`${wanted}:`))?.split(":") ?? [];
    if (name !== undefined && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new OperatorError("PostgreSQL refuses to run as root, and there is no other account for it.", {
    exit: "configuration",
    code: "POSTGRES_NO_ACCOUNT",
    expected: `one of the users ${ACCOUNTS.join(", ")}`,
    hint: "Run ttt as an ordinary user, or create the user postgres.",
  });
}

/** Whether the account may enter every folder on the way. */
export function canWalkTo(path: string, account: Account): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const status = statSync(folder, { throwIfNoEntry: false });
    if (status && !mayEnter(status, account)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function mayEnter(status: { mode: number; uid: number; gid: number }, account: Account): boolean {
  if (status.uid === account.uid) return (status.mode & 0o100) !== 0;
  if (status.gid === account.gid) return (status.mode & 0o010) !== 0;
  return (status.mode & 0o001) !== 0;
}

/** Reading and entering folders; where a container withholds it, the wider right that includes it. */
function walkingRight(): string {
  const CAP_DAC_READ_SEARCH = 2n;
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${bounding}`) >> CAP_DAC_READ_SEARCH) & 1n ? "dac_read_search" : "dac_override";
}
