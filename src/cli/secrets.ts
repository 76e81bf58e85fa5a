import { type CheckedConfig, checkConfig } from "../runtime/check-config.ts";
import { loadConfig } from "../runtime/config.ts";
import { writeSecretsFile } from "../runtime/secrets-file.ts";

export { type CheckedConfig, checkConfig };

/** Writes the secrets file of the configured state directory. */
export async function initSecrets(profile: "embedded" | "services") {
  const { secretsFile } = await loadConfig(undefined, { ignoreRunning: true });
  return { path: secretsFile, profile, ...writeSecretsFile(secretsFile, profile) };
}
