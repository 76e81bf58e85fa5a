import { OperatorError } from "../core/errors.ts";

/** Refuses names of services or instances that nobody knows: an empty answer would look like a quiet service. */
export function checkLogNames(names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.some((one) => one === name || one.replace(/-\d+$/, "") === name));
  if (unknown === undefined) return;
  throw new OperatorError(`There is no service ${unknown}, and no log of one.`, {
    exit: "notFound",
    code: "SERVICE_UNKNOWN",
    expected: [...new Set(known)].sort().join(", "),
    found: unknown,
    hint: "ttt logs without a name shows all; ttt status names what runs",
  });
}
