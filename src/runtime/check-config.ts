import { globSync } from "node:fs";
import { join } from "node:path";
import { COMPOSE_SECRETS } from "../ops/secret-catalogue.ts";
import { checkSecrets, type SecretFinding } from "../ops/secret-check.ts";
import { type Config, loadConfig, settingNames } from "./config.ts";
import { modeOf, readSecretsFile } from "./secrets-file.ts";

export interface CheckedConfig {
  readonly secretsFile: string;
  readonly exists: boolean;
  readonly findings: readonly SecretFinding[];
}

/** Variables that libraries and other programs read. */
const FOREIGN = [
  "TTT_CONFIRM_LIVE",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "TTT_SECRETS_FILE",
  "TTT_STACK",
];

/** Looks the configuration over, its secrets above all. What of it cannot be used is a finding like any other. */
export async function checkConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<CheckedConfig> {
  const config = await loadConfig(env, { forgiving: true });
  const path = config.secretsFile;
  const exists = modeOf(path) !== undefined;
  const file = exists ? readSecretsFile(path, () => {}) : undefined;
  const unusable = config.leftOut.map((text) => ({
    ...{ name: "configuration", problem: "unusable" as const, text },
    hint: "mend it there; ttt config shows each setting",
  }));
  const findings = checkSecrets({
    ...{ path, file },
    values: { ...file, ...config.environment },
    needed: neededBy(config, file),
    addresses: new Set(
      config.incident.contacts.flatMap(({ channel, to }) => (channel === "email" ? ["TTT_INCIDENT_SMTP_URL"] : [to])),
    ),
    settings: new Set([...settingNames(), ...FOREIGN]),
    modes: [...new Set([path, ...globSync(join(config.paths.secrets, "*")), ...filesWithSecrets(config)])].flatMap(
      (one) => {
        const mode = modeOf(one);
        return mode === undefined ? [] : [{ path: one, mode }];
      },
    ),
  });
  return { secretsFile: path, exists, findings: [...unusable, ...findings] };
}

/** Files of settings, the stack file above all, that hold a secret among them. */
function filesWithSecrets({ entries }: Config): string[] {
  return entries.flatMap(({ secret, value, source }) => {
    const [, file] = /^file (.+)$/.exec(source) ?? [];
    return secret && value !== null && file !== undefined ? [file] : [];
  });
}

function neededBy({ profile, incident }: Config, file: Readonly<Record<string, string>> | undefined) {
  const needed = new Map<string, string>();
  // Whoever keeps the servers' passwords here starts the servers from here.
  if (profile === "services" && COMPOSE_SECRETS.some((name) => file?.[name])) {
    for (const name of COMPOSE_SECRETS) needed.set(name, "compose/compose.yaml");
  }
  for (const { name, channel, to, signedWith } of incident.contacts) {
    if (channel === "email") needed.set("TTT_INCIDENT_SMTP_URL", `the contact ${name}`);
    else needed.set(to, `the contact ${name}`);
    if (signedWith !== undefined) needed.set(signedWith, `the contact ${name} (it signs what is sent)`);
  }
  return needed;
}
