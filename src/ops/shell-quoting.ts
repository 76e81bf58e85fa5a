/**
 * Where a script uses one of the variables outside of double quotes, or uses what would read text as commands. A value
 * in double quotes stays one word whatever it holds, so a parameter can never become a command. Returns the first
 * problem in words, or undefined.
 */
export function quotingProblem(script: string, variables: readonly string[]): string | undefined {
  if (/(^|[\s;&|(])eval\b/m.test(script)) return "`eval` reads text as commands";
  if (/<<(?!<)/.test(script)) return "here-documents are not judged: write to a file with printf";
  if (variables.length === 0) return undefined;
  // Each `$( )` begins with quoting of its own.
  const contexts: ("bare" | "double")[] = ["bare"];
  for (let at = 0; at < script.length; at++) {
    const context = contexts.at(-1);
    const rest = script.slice(at);
    if (rest[0] === "\\") at += 1;
    else if (rest[0] === "`") return "backticks are not judged: use $( )";
    else if (rest[0] === "'" && context === "bare") {
      const end = script.indexOf("'", at + 1);
      if (end === -1) return "a single quote is not closed";
      at = end;
    } else if (rest[0] === '"') {
      if (context === "double") contexts.pop();
      else contexts.push("double");
    } else if (rest.startsWith("$(")) {
      contexts.push("bare");
      at += 1;
    } else if (rest[0] === ")" && context === "bare" && contexts.length > 1) contexts.pop();
    else if (rest[0] === "#" && context === "bare" && /(^|\s)$/.test(script.slice(0, at))) {
      at = (script.indexOf("\n", at) + 1 || script.length + 1) - 1;
    } else if (context === "bare") {
      const name = /^\$\{?(\w+)/.exec(rest)?.[1];
      if (name !== undefined && variables.includes(name)) return `$${name} stands outside of double quotes`;
    }
  }
  return undefined;
}
