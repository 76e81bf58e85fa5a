import type { SentError } from "../../src/core/sent-error.ts";
import type { JobDocument } from "../../src/ops/job.ts";

/** What a thread sends back, once. */
export type ThreadAnswer = { readonly documents: readonly JobDocument[] } | { readonly error: SentError };
