/** The attributes behind the language of a fenced block: `sh id=look timeout=30s confirm="Really?"`. */
export type Attributes = ReadonlyMap<string, string>;

const ATTRIBUTE = /^\s+([a-z]+)(?:=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+)))?/;

/** Undefined when the block is not for the shell, or carries no attributes: then it is an example. */
export function shellAttributes(info: string): Attributes | { readonly problem: string } | undefined {
  if (!/^sh\s+\S/.test(info)) return undefined;
  const found = new Map<string, string>();
  let rest = info.slice("sh".length).trimEnd();
  while (rest !== "") {
    const match = ATTRIBUTE.exec(rest);
    if (match === null) return { problem: `the attributes cannot be read from \`${rest.trim()}\`` };
    const [whole, name, double, single, bare] = match;
    if (found.has(name!)) return { problem: `the attribute ${name} stands twice` };
    found.set(name!, double?.replaceAll(/\\(["\\])/g, "$1") ?? single ?? bare ?? "");
    rest = rest.slice(whole.length);
  }
  return found;
}
