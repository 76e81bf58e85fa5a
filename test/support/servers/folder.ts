import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A temporary folder for a server, handed to the account it runs as. */
export function serverFolder(name: string, account?: { uid: number; gid: number }) {
  const path = mkdtempSync(join("/tmp", `ttt-test-${name}-`));
  chmodSync(path, 0o755);
  if (account) chownSync(path, account.uid, account.gid);
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
