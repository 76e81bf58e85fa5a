import { OperatorError } from "./errors.ts";

/**
 * What the operating system refuses to do with a file, as something that a person can put right: no permission, no
 * room, too many files. Undefined when it is anything else.
 */
export function systemError(error: unknown): OperatorError | undefined {
  if (!(error instanceof Error) || !("code" in error) || error instanceof OperatorError) return undefined;
  const found = { found: error.message, cause: error };
  switch (error.code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      // Without a path it was no file: a signal, an address.
      if (!("path" in error) || typeof error.path !== "string") return undefined;
      return new OperatorError(`This account may not use ${error.path}.`, {
        exit: "configuration",
        code: "FILE_FORBIDDEN",
        ...found,
        hint: "Work as the account that owns it, or set TTT_HOME to a folder of your own.",
      });
    case "ENOSPC":
    case "EDQUOT":
      return new OperatorError("There is no room left on the disk.", {
        exit: "outage",
        code: "DISK_FULL",
        ...found,
        hint: "Make room (`df -h` tells where), then try again.",
        retryable: true,
      });
    case "EMFILE":
    case "ENFILE":
      return new OperatorError("There are too many open files.", {
        exit: "outage",
        code: "TOO_MANY_FILES",
        ...found,
        hint: "Raise the limit (`ulimit -n`), then try again.",
        retryable: true,
      });
    default:
      return undefined;
  }
}
