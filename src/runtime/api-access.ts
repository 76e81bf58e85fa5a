import { keptSecret, readIfExists } from "../adapters/files/state-files.ts";
import { OperatorError } from "../core/errors.ts";
import type { Config } from "./config.ts";
import { readFacts } from "./facts.ts";
import { registerSecret } from "./redaction.ts";

/** The secret that holds the owner's token. */
export const API_TOKEN_SECRET = "api.token";

/** The owner's token, made at first use: for the API itself. */
export function ownApiToken(config: Config): string {
  const token = keptSecret(config.paths.secret(API_TOKEN_SECRET));
  registerSecret(token);
  return token;
}

/** Where the API of this stack listens, and the token to speak to it. Throws notRunning when it does not run. */
export function findApi(config: Config): { readonly url: string; readonly token: string } {
  const facts = readFacts(config, "api");
  const token = config.api.token ?? readIfExists(config.paths.secret(API_TOKEN_SECRET))?.trim();
  const url = config.api.url ?? (typeof facts?.url === "string" ? facts.url : undefined);
  if (url === undefined) {
    throw new OperatorError("The API is not running.", {
      exit: "notRunning",
      code: "API_NOT_RUNNING",
      found: `no address of it in ${config.paths.home}`,
      hint: "ttt up",
      retryable: true,
    });
  }
  if (!token) {
    throw new OperatorError("There is no token for the API.", {
      exit: "unauthorized",
      code: "TOKEN_MISSING",
      expected: `a token in ${config.paths.secret(API_TOKEN_SECRET)} or in the file named by TTT_API_TOKEN_FILE`,
    });
  }
  registerSecret(token);
  return { url, token };
}
