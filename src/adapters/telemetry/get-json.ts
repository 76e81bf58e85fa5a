import { messageOf, OutageError } from "../../core/errors.ts";

const TIMEOUT_MS = 5_000;

/** A JSON answer, or undefined for a 404. Everything else that is not a success is an outage of that tool. */
export async function getJson(tool: string, base: string, path: string): Promise<unknown> {
  const url = `${base.replace(/\/$/, "")}${path}`;
  const options = { hint: `Is ${tool} up at ${base}? \`ttt config\` names the setting.` };
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new OutageError(tool, reason(error), { ...options, cause: error });
  }
  if (response.status === 404) return undefined;
  const text = await response.text();
  if (!response.ok) throw new OutageError(tool, `answered ${response.status}: ${text.slice(0, 200)}`, options);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OutageError(tool, "did not answer in JSON", { ...options, cause: error });
  }
}

/** fetch hides what went wrong in the cause. */
const reason = (error: unknown) => messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
