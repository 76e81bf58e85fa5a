import {
  type ASTVisitor,
  GraphQLError,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

/** Deeper than anything in the schema: what nests deeper is made to hurt. */
export const MOST_DEPTH = 12;
/** Fields of one document, each fragment counted as often as it is spread. */
export const MOST_FIELDS = 500;
/** Operations of the API in one document: each is worth a request. */
export const MOST_ROOT_FIELDS = 20;
/** Words of a document: it is refused while it is still being read. */
export const MOST_TOKENS = 4_000;

interface Cost {
  readonly depth: number;
  readonly fields: number;
  /** Fields at the top. */
  readonly roots: number;
}

const NOTHING: Cost = { depth: 0, fields: 0, roots: 0 };

/** Refuses documents that ask for too much, before any of it is carried out. */
export function documentLimits(context: ValidationContext): ASTVisitor {
  const known = new Map<string, Cost>();

  const costOf = (set: SelectionSetNode | undefined): Cost => {
    const costs = set?.selections.map(costOfOne) ?? [];
    return costs.reduce(
      (sum, { depth, fields, roots }) => ({
        depth: Math.max(sum.depth, depth),
        fields: sum.fields + fields,
        roots: sum.roots + roots,
      }),
      NOTHING,
    );
  };
  const costOfOne = (one: SelectionNode): Cost => {
    if (one.kind === "FragmentSpread") return costOfFragment(one.name.value);
    const inner = costOf(one.selectionSet);
    return one.kind === "Field" ? { depth: 1 + inner.depth, fields: 1 + inner.fields, roots: 1 } : inner;
  };
  const costOfFragment = (name: string): Cost => {
    const before = known.get(name);
    if (before) return before;
    // For as long as it is being counted: a circle ends here, and another rule refuses it.
    known.set(name, NOTHING);
    const cost = costOf(context.getFragment(name)?.selectionSet);
    known.set(name, cost);
    return cost;
  };

  return {
    OperationDefinition(node) {
      const { depth, fields, roots } = costOf(node.selectionSet);
      const refuse = (what: string, most: number, found: number) => {
        if (found <= most) return;
        const extensions = { code: "DOCUMENT_TOO_LARGE", exit: "refused", status: 400, retryable: false };
        const text = `The document asks for too much: ${found} ${what}, at most ${most}.`;
        context.reportError(new GraphQLError(text, { nodes: [node], extensions }));
      };
      refuse("levels", MOST_DEPTH, depth);
      refuse("fields", MOST_FIELDS, fields);
      refuse("operations", MOST_ROOT_FIELDS, roots);
    },
  };
}
