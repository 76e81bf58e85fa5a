import { OperatorError } from "../core/errors.ts";
import { nearestWord } from "../core/nearest-word.ts";

/** oclif's word for a command that is not there. Ids are parted by colons, and it takes every word for a part of one. */
const NOT_FOUND = /^command (.+) not found$/;

/** Of a command that does not exist, with the one that was most likely meant. Undefined for any other error. */
export function unknownCommand(error: unknown, ids: readonly string[]): OperatorError | undefined {
  const typed = error instanceof Error && "oclif" in error ? NOT_FOUND.exec(error.message)?.[1] : undefined;
  if (typed === undefined) return undefined;
  const spelled = typed.replaceAll(":", " ");
  const known = ids.map((id) => id.replaceAll(":", " "));
  const [topic = ""] = spelled.split(" ");
  const meant = nearestWord(spelled, known) ?? (known.some((one) => one.startsWith(`${topic} `)) ? topic : undefined);
  return new OperatorError(`There is no command ${spelled}.`, {
    exit: "usage",
    code: "COMMAND_UNKNOWN",
    found: spelled,
    hint: ["ttt", meant, "--help"].filter(Boolean).join(" "),
  });
}
