import { tracedClient } from "../adapters/http/api-client.ts";
import { ApiError, UnexpectedAnswer } from "../adapters/http/client/api-error.ts";
import type { Client } from "../adapters/http/client/connect.ts";
import { type ApiWish, findApi } from "./api-access.ts";
import type { Config } from "./config.ts";

export type { Client };

/** A stack through its API. Nothing is sent yet. Throws notRunning when there is no API to speak to. */
export const openStackElsewhere = (config: Config, wish: ApiWish): Client => tracedClient(findApi(config, wish));

/** The report that came with a refusal, or in place of one: what was refused was done, or says what was not. */
export function reportIn(error: unknown): unknown {
  if (error instanceof ApiError) return error.problem.report;
  if (!(error instanceof UnexpectedAnswer)) return undefined;
  try {
    return JSON.parse(error.body);
  } catch {
    return undefined;
  }
}
