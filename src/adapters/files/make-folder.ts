import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, OperatorError } from "../../core/errors.ts";

/**
 * Makes a folder of the state directory with its parents, private to its owner. Throws (exit `configuration`) when it
 * cannot be one. Step by step, because the recursive call never returns where a parent looks missing for good.
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it in between.
    if (!isFolder(path)) throw unusable(path, error);
  }
}

/** Makes it when it is not there, and throws when this account may not read and write in it. */
export function requireFolder(path: string): void {
  makeFolder(path);
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(path, error);
  }
}

function isFolder(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch {
    return false;
  }
  throw unusable(path, new Error("it is not a folder"));
}

/** What the system says, as something that the person can put right. */
export function unusable(path: string, error: unknown): OperatorError {
  return new OperatorError(`The state directory cannot be used: ${messageOf(error)}`, {
    exit: "configuration",
    code: "STATE_FOLDER_UNUSABLE",
    expected: "a folder that this account may write",
    found: path,
    hint: "Set TTT_HOME to such a folder, or mend its owner and mode.",
    cause: error,
  });
}
