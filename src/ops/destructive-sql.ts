/** A statement that takes something away which a running older version may still use. */
export interface DestructiveStatement {
  /** On one line, without comments and without the contents of strings. */
  readonly statement: string;
  /** What it takes away, in words: `drops a table`. */
  readonly why: string;
}

/**
 * The statements of an SQL text that an older version may not survive: what is dropped, renamed, given another type or
 * emptied. New tables, columns, indexes and functions are none. The body of a function is only stored, so it is not
 * judged; that of a DO block runs, so it is.
 */
export function destructiveStatements(sql: string): readonly DestructiveStatement[] {
  return statements(sql).flatMap(({ text, bodies }) => {
    const why = judge(text);
    const own = why === undefined ? [] : [{ statement: text, why }];
    return /^DO\b/i.test(text) ? [...own, ...bodies.flatMap(destructiveStatements)] : own;
  });
}

interface Statement {
  readonly text: string;
  /** What stood between dollar quotes. */
  readonly bodies: readonly string[];
}

/** Comments, strings, quoted names, dollar-quoted bodies and the ends of statements: nothing else needs a reading. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\bE'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$([\s\S]*?)\$\1\$|;/gi;

function statements(sql: string): Statement[] {
  const found: Statement[] = [];
  let text = "";
  let bodies: string[] = [];
  const end = () => {
    const line = text.replaceAll(/\s+/g, " ").trim();
    if (line !== "") found.push({ text: line, bodies });
    text = "";
    bodies = [];
  };
  let at = 0;
  for (const token of sql.matchAll(TOKEN)) {
    text += sql.slice(at, token.index);
    at = token.index + token[0].length;
    const [first] = token[0];
    if (first === ";") end();
    else if (first === '"') text += token[0].replaceAll(/\s/g, "_");
    else if (first === "-" || first === "/") text += " ";
    else {
      text += "''";
      if (token[2] !== undefined) bodies.push(token[2]);
    }
  }
  text += sql.slice(at);
  end();
  return found;
}

/** Where a statement may begin: at the beginning, and in a block after a word that opens a part of it. */
const BEGINS = String.raw`(?:^|\b(?:BEGIN|THEN|ELSE|LOOP) )`;
const begins = (words: string) => new RegExp(`${BEGINS}${words}`, "i");

const DROPS = begins(
  String.raw`DROP (TABLE|VIEW|MATERIALIZED VIEW|FOREIGN TABLE|SCHEMA|SEQUENCE|TYPE|DOMAIN|FUNCTION|PROCEDURE|ROUTINE|AGGREGATE|EXTENSION|OWNED|DATABASE)\b`,
);
const TRUNCATES = begins(String.raw`TRUNCATE\b`);
const ALTERS = begins(String.raw`ALTER (?!INDEX\b)`);
const ALTERS_TABLE = begins(String.raw`ALTER (FOREIGN )?TABLE\b`);
const ALTERS_TYPE = begins(String.raw`ALTER TYPE \S+ (DROP|ALTER)\b`);
/** What a column or a table may lose without anybody who reads or writes it being hurt. */
const HARMLESS_DROP = /\bDROP CONSTRAINT\b|\bALTER (?:COLUMN )?\S+ DROP (?:DEFAULT|NOT NULL|EXPRESSION|IDENTITY)\b/gi;
const RENAMES = /\bRENAME (?:(?:COLUMN|ATTRIBUTE|VALUE) )?(?:\S+ )?TO\b|\bSET SCHEMA\b/i;
const RETYPES = /\bALTER (?:COLUMN )?(?!COLUMN )\S+ (?:SET DATA )?TYPE\b/i;

function judge(text: string): string | undefined {
  const dropped = DROPS.exec(text);
  if (dropped !== null) return `drops a ${dropped[1]!.toLowerCase()}`;
  if (TRUNCATES.test(text)) return "empties a table";
  if (ALTERS.test(text) && RENAMES.test(text)) return "renames what is used by its name";
  if (ALTERS_TYPE.test(text)) return "changes a type";
  if (ALTERS_TABLE.test(text)) {
    if (RETYPES.test(text)) return "changes the type of a column";
    if (/\bDROP\b/i.test(text.replaceAll(HARMLESS_DROP, ""))) return "drops a column";
  }
  if (deletesEverything(text)) return "deletes every row of a table";
  if (begins(String.raw`EXECUTE\b`).test(text)) return "runs SQL that nobody can read beforehand";
  return undefined;
}

/** Whether it holds a DELETE that has no WHERE of its own: one in an inner query or of an outer one is not its own. */
function deletesEverything(text: string): boolean {
  return [...text.matchAll(/\bDELETE FROM\b/gi)].some(({ index }) => !/\bWHERE\b/i.test(ownLevel(text.slice(index))));
}

/** The text up to the bracket that closes around it, without what stands in brackets of its own. */
function ownLevel(text: string): string {
  let depth = 0;
  let own = "";
  for (const char of text) {
    if (char === ")") depth--;
    if (depth < 0) break;
    if (depth === 0) own += char;
    if (char === "(") depth++;
  }
  return own;
}
