/** An answer or a refusal. A refusal is an expected outcome, so it is a value and not an exception. */
export type Result<T, R> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: R };

export const accept = <T>(value: T): Result<T, never> => ({ ok: true, value });
export const refuse = <R>(refusal: R): Result<never, R> => ({ ok: false, refusal });
