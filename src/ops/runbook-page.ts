/** A Markdown page as its blocks, in order: what a parser of Markdown hands to the parser of runbooks. */
export interface RunbookPage {
  /** The settings above the text, not judged yet. */
  readonly settings: unknown;
  readonly blocks: readonly PageBlock[];
}

/** Lines count from 1 in the file. */
export type PageBlock =
  | { readonly kind: "heading"; readonly line: number; readonly depth: number; readonly text: string }
  | { readonly kind: "code"; readonly line: number; readonly info: string; readonly text: string }
  | { readonly kind: "task"; readonly line: number; readonly done: boolean; readonly text: string }
  | { readonly kind: "quote"; readonly line: number; readonly text: string }
  | { readonly kind: "text"; readonly line: number; readonly text: string };
