import { keptSecret, readIfExists } from "../adapters/files/state-files.ts";
import { OperatorError } from "../core/errors.ts";
import type { Config } from "./config.ts";
import { readFacts } from "./facts.ts";
import { registerSecret } from "./redaction.ts";
import { warnWhenOpen } from "./secrets-file.ts";

/** The secret that holds the owner's token. */
export const API_TOKEN_SECRET = "api.token";

/** The owner's token, made at first use: for the API itself. */
export function ownApiToken(config: Config): string {
  const token = keptSecret(config.paths.secret(API_TOKEN_SECRET));
  registerSecret(token);
  return token;
}

/** Which API is meant, where it is not the configured one, and what to say to it. */
export interface ApiWish {
  readonly url?: string | undefined;
  /** A file that holds the token. */
  readonly tokenFile?: string | undefined;
}

/**
 * Where the API is that is meant, or else of this stack, and the token to speak to it. The owner's token of this stack
 * is for its own API alone: an API elsewhere never gets to see it. Throws notRunning when there is none to speak to.
 */
export function findApi(config: Config, wish: ApiWish = {}): { readonly url: string; readonly token: string } {
  const facts = readFacts(config, "api");
  const own = typeof facts?.url === "string" ? facts.url : undefined;
  const elsewhere = wish.url ?? config.api.url;
  const url = elsewhere === undefined ? own : checkedUrl(elsewhere);
  const ownToken = url === own ? readIfExists(config.paths.secret(API_TOKEN_SECRET))?.trim() : undefined;
  const token = wish.tokenFile === undefined ? (config.api.token ?? ownToken) : tokenIn(wish.tokenFile);
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
      expected:
        url === own
          ? `a token in ${config.paths.secret(API_TOKEN_SECRET)}, or TTT_API_TOKEN`
          : `TTT_API_TOKEN, or --token-file: the owner's token of this stack is not sent to ${url}`,
      hint: "there: ttt token create NAME --role operator",
    });
  }
  registerSecret(token);
  return { url, token };
}

/** The address without what does not belong to it. Throws usage. A warning where the token would travel in clear. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new OperatorError("This is no address of an API.", {
      exit: "usage",
      code: "API_URL",
      expected: "https://HOST[:PORT][/PATH], without a name or password in it",
      found: url === undefined || url.password === "" ? text : url.origin,
    });
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    process.stderr.write(`The token travels to ${url.host} unencrypted: use https.\n`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);

function tokenIn(path: string): string {
  const token = readIfExists(path)?.trim();
  if (token) {
    warnWhenOpen(path);
    return token;
  }
  throw new OperatorError(`There is no token in ${path}.`, {
    exit: "unauthorized",
    code: "TOKEN_MISSING",
    expected: "a file that holds a token and nothing else",
    found: token === undefined ? "no such file" : "an empty file",
  });
}
