import { checkConfig } from "../secrets.ts";

/** Says on stderr which files with secrets in them others may read. Nothing is refused for it. */
export async function warnOfReadableSecrets(): Promise<void> {
  const { findings } = await checkConfig();
  for (const { name, problem, text, hint } of findings) {
    if (problem === "readable") process.stderr.write(`warning: ${name}: ${text}. Try: ${hint}\n`);
  }
}
