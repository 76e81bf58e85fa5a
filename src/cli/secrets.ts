import { type CheckedConfig, checkConfig } from "../runtime/check-config.ts";
import { loadConfig } from "../runtime/config.ts";
import { planSecretsFile, writeSecretsFile } from "../runtime/secrets-file.ts";

export { type CheckedConfig, checkConfig };

/** Writes the secrets file of the configured state directory, or only says what would be in it. */
export async function initSecrets(profile: "embedded" | "services", { dryRun }: { readonly dryRun: boolean }) {
  const { secretsFile } = await loadConfig(undefined, { ignoreRunning: true });
  const done = (dryRun ? planSecretsFile : writeSecretsFile)(secretsFile, profile);
  return { path: secretsFile, profile, written: !dryRun, ...done };
}
