import { randomUUID } from "node:crypto";
import { messageOf } from "../core/errors.ts";
import type { ApiAnswer, ApiFacts } from "../ops/doctor/facts.ts";
import type { LogFiles, LogRecord } from "../ports/log-files.ts";
import { findApi } from "./api-access.ts";
import type { Config } from "./config.ts";

/** Routes that only read, and together ask everything the API depends on. */
const QUESTIONS = [
  "/healthz",
  "/readyz",
  "/v1/services",
  "/v1/kill-switch",
  "/api/backtest",
  "/v1/incidents",
  "/v1/flags",
];
const ANSWER_MS = 4_000;
/** An answer that came late once may have waited for this very process; the quickest of a few tells how long it takes. */
const ROUNDS = 3;
/** The API's log lines that are looked through for the doctor's own requests. */
const MOST_LINES = 2_000;

/** Asks the API what it is asked every day, and its log why it could not answer. */
export async function checkUpApi(config: Config, logs: LogFiles): Promise<ApiFacts> {
  const { url, token } = findApi(config);
  const asked = await Promise.all(QUESTIONS.map((path) => quickest(url, token, path)));
  const failed = new Set(asked.filter(({ status }) => status >= 500).map(({ id }) => id));
  const lines =
    failed.size === 0
      ? []
      : await logs.read(["api"], ({ context }) => failed.has(String(context.requestId)), MOST_LINES);
  return {
    answers: asked.map(({ id, ...answer }) => {
      const line = lines.findLast(({ context }) => context.requestId === id);
      return line === undefined ? answer : { ...answer, reason: reasonIn(line) };
    }),
  };
}

type Asked = ApiAnswer & { readonly id: string };

/** The quickest of a few answers; the first that fails, where one does. */
async function quickest(url: string, token: string, path: string): Promise<Asked> {
  let best = await ask(url, token, path);
  for (let round = 1; round < ROUNDS && isAnswer(best); round++) {
    const next = await ask(url, token, path);
    if (!isAnswer(next) || next.ms < best.ms) best = next;
  }
  return best;
}

const isAnswer = ({ status }: Asked) => status > 0 && status < 500;

async function ask(url: string, token: string, path: string): Promise<Asked> {
  const id = `doctor-${randomUUID()}`;
  const headers = { authorization: `Bearer ${token}`, "x-request-id": id };
  const started = performance.now();
  try {
    const response = await fetch(new URL(path, url), { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await response.text();
    const ms = performance.now() - started;
    return { id, path, status: response.status, ms, reason: response.status < 500 ? "" : detailOf(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { id, path, status: 0, ms: performance.now() - started, reason: messageOf(cause) };
  }
}

/** What a problem answer says, or a readiness answer's broken dependencies. */
function detailOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "detail" in body) return String(body.detail);
    if (typeof body === "object" && body !== null && "dependencies" in body) return JSON.stringify(body.dependencies);
  } catch {
    // Not of the API itself then: the beginning of it says who answered.
  }
  return text.slice(0, 200);
}

function reasonIn({ context }: LogRecord): string {
  const { error, reason } = context;
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return typeof reason === "string" ? reason : "";
}
