import { OperatorError } from "../../core/errors.ts";
import { isWithin, type Runbook } from "../../ops/runbook.ts";
import { parseRunbook } from "../../ops/runbook-parser.ts";
import type { RunbookReading } from "./runbook-ports.ts";

export interface ReadRunbook {
  readonly runbook: Runbook;
  /** Where it lies, and all of its text. */
  readonly path: string;
  readonly text: string;
}

/** Throws notFound, naming those there are, and `configuration` when it cannot be run as it stands. */
export async function readRunbook({ shelf }: Pick<RunbookReading, "shelf">, name: string): Promise<ReadRunbook> {
  const found = await shelf.read(name);
  if (found !== undefined) return { runbook: parseRunbook(name, found.page), path: found.path, text: found.text };
  throw new OperatorError(`There is no runbook ${name}.`, {
    exit: "notFound",
    code: "RUNBOOK_UNKNOWN",
    expected: (await shelf.names()).join(", "),
    found: name,
    hint: "ttt runbook list",
  });
}

/** The part of the page that lies under one heading. Throws notFound. */
export function sectionText({ runbook, text }: ReadRunbook, address: string): string {
  const first = runbook.sections.findIndex((section) => section.address === address);
  if (first === -1) {
    throw new OperatorError(`The runbook ${runbook.name} has no section ${address}.`, {
      exit: "notFound",
      code: "RUNBOOK_PLACE_UNKNOWN",
      expected: runbook.sections.map((section) => section.address).join(", "),
      found: address,
    });
  }
  const next = runbook.sections.slice(first + 1).find((section) => !isWithin(section.address, address));
  return text
    .split("\n")
    .slice(runbook.sections[first]!.line - 1, next === undefined ? undefined : next.line - 1)
    .join("\n");
}
