/** An answer of the API as it is kept for a repeated request. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `begun`: go on, and `keep` or `forget` it. `busy`: the first request is still at it. `other`: another request. */
export type Beginning =
  | { readonly kind: "begun" }
  | { readonly kind: "busy" }
  | { readonly kind: "other" }
  | { readonly kind: "kept"; readonly answer: KeptAnswer };

/** What callers' idempotency keys stand for. */
export interface AnswerStore {
  begin(caller: string, key: string, fingerprint: string): Promise<Beginning>;
  keep(caller: string, key: string, answer: KeptAnswer): Promise<void>;
  /** Nothing was done: the key is free again. */
  forget(caller: string, key: string): Promise<void>;
  /** Forgets answers older than this. */
  trim(olderThanMs: number): Promise<void>;
}
