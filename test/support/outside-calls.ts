import { posix } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import type { SourceFile } from "./architecture.ts";

/** Ports that a daemon is given without importing them. */
const DUCKS = ["src/ports/worker-registry.ts"];

/**
 * Every way in which these files reach the outside, as `orders.commitIntents`: each mention of a method of a port that
 * they import, by the last name of what it is called on. Other ways out than the ports there are none.
 */
export function outsideCalls(files: readonly SourceFile[], all: ReadonlyMap<string, string>): string[] {
  const imported = files.flatMap(({ path, text }) => importsOf(path, text)).filter((one) => /^src\/ports\//.test(one));
  const methods = new Set([...imported, ...DUCKS].flatMap((port) => methodsOf(port, all.get(port) ?? "")));
  const found = new Set<string>();
  for (const { path, text } of files) {
    new Visitor({
      MemberExpression: ({ object, property }) => {
        if (property.type !== "Identifier" || !methods.has(property.name)) return;
        const on = text.slice(object.start, object.end).match(/[#\w]+$/)?.[0] ?? "an expression";
        found.add(`${on}.${property.name}`);
      },
    }).visit(parseSync(path, text).program);
  }
  return [...found].sort();
}

/** The files that these ones import from their own folder, and so on, and themselves. */
export function withNeighbours(paths: readonly string[], all: ReadonlyMap<string, string>): SourceFile[] {
  const reached = new Set(paths);
  for (const path of reached) {
    for (const one of importsOf(path, all.get(path) ?? "")) {
      if (posix.dirname(one) === posix.dirname(path) && all.has(one)) reached.add(one);
    }
  }
  return [...reached].map((path) => ({ path, text: all.get(path) ?? "" }));
}

function importsOf(path: string, text: string): string[] {
  const names: string[] = [];
  new Visitor({ ImportDeclaration: ({ source }) => void names.push(source.value) }).visit(
    parseSync(path, text).program,
  );
  return names
    .filter((name) => name.startsWith("."))
    .map((name) => posix.normalize(posix.join(posix.dirname(path), name)));
}

/** The methods of its interfaces: all that a port can be asked. */
function methodsOf(path: string, text: string): string[] {
  const names: string[] = [];
  new Visitor({
    TSMethodSignature: ({ key }) => {
      if (key.type === "Identifier") names.push(key.name);
    },
  }).visit(parseSync(path, text).program);
  return names;
}
