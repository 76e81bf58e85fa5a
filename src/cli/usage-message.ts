/** What oclif adds to every message; the hint says it better. */
const POINTER = /\nSee more help with --help$/;
/** How it marks what a flag's own parser threw. */
const PARSING = /^Parsing (--[\w-]+) *\n\t/;

/** oclif's message in one line: of a bad value the flag, of missing arguments their names. */
export function usageMessage(message: string): string {
  return message
    .replace(POINTER, "")
    .replace(/^(Parsing --[\w-]+ *\n\t)(\w)(.*?) but received: (.*)$/s, (_all, parsing, first, rest, found) => {
      const flag = PARSING.exec(parsing)?.[1];
      return `${flag}: ${first.toLowerCase()}${rest}, not ${found === "" ? "nothing" : found}.`;
    })
    .replace(/^Missing \d+ required args?:\n(.*)$/s, (_all, list: string) => {
      const names = list.split("\n").map((row) =>
        row
          .trim()
          .replace(/^(\S+)\s+([^\s(].*)$/, "$1 ($2)")
          .replace(/ {2,}/, " "),
      );
      return `Missing: ${names.join(", ")}.`;
    });
}

/** What a flag's own parser said, without what oclif put around it. */
export function ownWords(message: string): string {
  return message.replace(POINTER, "").replace(PARSING, "");
}
