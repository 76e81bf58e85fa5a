import { parseScope, type Scope } from "../../trading/scope.ts";

/** What one file of the kill folder says. */
export interface FileKill {
  readonly file: string;
  readonly scope: Scope;
  readonly level: "REDUCE_ONLY" | "BLOCK";
  readonly epoch: number | undefined;
  readonly reason: string;
  readonly commandId: string;
  readonly actor?: string;
  readonly origin?: string;
}

/**
 * A file's content; undefined when the file is gone. What is not what a kill writes blocks everything. Read by hand:
 * `ttt kill` looks here before its first write, and would wait longer for a schema library than for all the rest.
 */
export function parseKill(file: string, text: string | undefined): FileKill | undefined {
  if (text === undefined) return undefined;
  return killIn(file, text) ?? silentKill(file, `the file ${file} is there`);
}

/** A file that says nothing readable kills everything. */
export function silentKill(file: string, reason: string): FileKill {
  return { file, scope: "global", level: "BLOCK", epoch: undefined, reason, commandId: `file:${file}` };
}

function killIn(file: string, text: string): FileKill | undefined {
  const { scope, level, epoch, reason, commandId, actor, origin } = fieldsOf(text);
  if (typeof scope !== "string" || typeof reason !== "string" || typeof commandId !== "string") return undefined;
  if (level !== "REDUCE_ONLY" && level !== "BLOCK") return undefined;
  if (!isEpoch(epoch) || !isTextOrNone(actor) || !isTextOrNone(origin)) return undefined;
  // A scope that nobody knows is as good as all of them.
  const kill = { file, scope: parseScope(scope) ?? "global", level, epoch, reason, commandId } as const;
  return { ...kill, ...(actor !== undefined && { actor }), ...(origin !== undefined && { origin }) };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

const isEpoch = (value: unknown): value is number | undefined => value === undefined || Number.isSafeInteger(value);

const isTextOrNone = (value: unknown): value is string | undefined => value === undefined || typeof value === "string";
