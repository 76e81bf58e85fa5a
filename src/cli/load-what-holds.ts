import { type Config, loadConfig } from "../runtime/config.ts";

let isSaid = false;

/**
 * The configuration for what must work whatever stands there: stopping, and looking at what runs. What is wrong is left
 * out, and said once on standard error.
 */
export async function loadWhatHolds(): Promise<Config> {
  const config = await loadConfig(undefined, { forgiving: true });
  if (!isSaid) for (const problem of config.leftOut) process.stderr.write(`Left out: ${problem}\n`);
  isSaid = true;
  return config;
}
