import { type DocumentNode, getOperationAST, parse, visit } from "graphql";
import type { ApiStores } from "../../../src/runtime/api-stores.ts";
import { reusedKey, stoodForAnother } from "../repeats.ts";
import type { Route } from "../route.ts";
import { MOST_TOKENS } from "./document-limits.ts";

export interface KeyedDocument {
  readonly caller: string;
  readonly key: string;
  readonly body: { readonly query: string; readonly operationName?: string | null | undefined };
}

/**
 * Keeps what an idempotency key stands for when it comes with mutations: another document under it is refused, also
 * where its fields have other names. The same document goes on, and each of its fields answers as before. A document
 * with a field that is never turned away is not looked at: that field sees to its key itself.
 */
export async function claimKey(
  answers: ApiStores["answers"],
  routes: readonly Route[],
  { caller, key, body }: KeyedDocument,
): Promise<void> {
  const document = readable(body.query);
  if (document === undefined || getOperationAST(document, body.operationName)?.operation !== "mutation") return;
  const never = new Set(routes.filter(({ unlimited }) => unlimited).map(({ id }) => id));
  if (fieldsOf(document).some((field) => never.has(field))) return;
  if (await stoodForAnother(answers, { caller, key, mark: `graphql\n${JSON.stringify(body)}` })) throw reusedKey();
}

/** What cannot be read is refused later, with the reason. */
function readable(query: string): DocumentNode | undefined {
  try {
    return parse(query, { maxTokens: MOST_TOKENS });
  } catch {
    return undefined;
  }
}

function fieldsOf(document: DocumentNode): string[] {
  const names: string[] = [];
  visit(document, { Field: ({ name }) => void names.push(name.value) });
  return names;
}
