import type { Token, Tokens } from "marked";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { PageBlock, RunbookPage } from "../../ops/runbook-page.ts";

/** Reads Markdown with settings above it between `---` lines. Throws `configuration` when the settings cannot be read. */
export async function readMarkdownPage(path: string, text: string): Promise<RunbookPage> {
  const [{ Lexer }, { parse }] = await Promise.all([import("marked"), import("yaml")]);
  const [above = "", settings] = /^---\n(.*?)\n---\n/s.exec(text) ?? [];
  try {
    const blocks = blocksOf(Lexer.lex(text.slice(above.length)), 1 + lineBreaks(above));
    return { settings: settings === undefined ? undefined : parse(settings), blocks };
  } catch (cause) {
    throw new OperatorError(`${path} cannot be read.`, {
      exit: "configuration",
      code: "MARKDOWN_INVALID",
      found: messageOf(cause),
      cause,
    });
  }
}

function blocksOf(tokens: readonly Token[], firstLine: number): PageBlock[] {
  let line = firstLine;
  return tokens.flatMap((token) => {
    const at = line;
    line += lineBreaks(token.raw);
    return blockOf(token, at);
  });
}

function blockOf(token: Token, line: number): PageBlock[] {
  if (isA("heading", token)) return [{ kind: "heading", line, depth: token.depth, text: token.text }];
  if (isA("code", token)) return [{ kind: "code", line, info: infoOf(token.raw), text: token.text }];
  if (isA("blockquote", token)) return [{ kind: "quote", line, text: token.text.replaceAll(/\s+/g, " ").trim() }];
  if (isA("list", token)) return listBlocks(token, line);
  if (isA("paragraph", token)) return [{ kind: "text", line, text: token.text }];
  return [];
}

/** Open and ticked items are blocks of their own, and so is code that stands inside of a list. */
function listBlocks(list: Tokens.List, firstLine: number): PageBlock[] {
  let line = firstLine;
  return list.items.flatMap((item): PageBlock[] => {
    const at = line;
    line += lineBreaks(item.raw);
    const text = item.raw.replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?/, "").replaceAll(/\s+/g, " ");
    const own: PageBlock = item.task
      ? { kind: "task", line: at, done: item.checked === true, text: text.trim() }
      : { kind: "text", line: at, text: text.trim() };
    return [own, ...blocksOf(item.tokens, at).filter(({ kind }) => kind === "code")];
  });
}

interface Kinds {
  heading: Tokens.Heading;
  code: Tokens.Code;
  blockquote: Tokens.Blockquote;
  list: Tokens.List;
  paragraph: Tokens.Paragraph;
}

/** marked's own types leave the door open for foreign tokens; nothing here adds any. */
function isA<K extends keyof Kinds>(kind: K, token: Token): token is Kinds[K] & Token {
  return token.type === kind;
}

/** What stands behind the fence, to the letter: a parser takes backslashes for its own, and patterns are full of them. */
function infoOf(raw: string): string {
  return /^ {0,3}(?:`{3,}|~{3,})[ \t]*([^\n]*)/.exec(raw)?.[1]?.trimEnd() ?? "";
}

const lineBreaks = (text: string) => text.split("\n").length - 1;
