import { existsSync, readFileSync } from "node:fs";
import * as z from "zod/mini";
import { messageOf, OperatorError } from "../core/errors.ts";
import { configSchema, type LeafMeta, type Settings, settingsMeta } from "./config-schema.ts";
import { secretsOf } from "./contact-schema.ts";
import { readDesired, settingsOf } from "./desired-stack.ts";
import { defaultHome, type StatePaths, statePaths } from "./paths.ts";
import { registerSecret } from "./redaction.ts";
import { readSecretsFile } from "./secrets-file.ts";

export type Profile = "embedded" | "services";

export interface Config extends Settings {
  readonly profile: Profile;
  readonly paths: StatePaths;
  /** The environment variables among the settings: what a process that is started for this stack needs to hold. */
  readonly environment: Readonly<Record<string, string>>;
  /** The secrets that contacts name, as far as they are set. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The file that was read for secrets, whether it is there or not. */
  readonly secretsFile: string;
  /** Every setting with its source, for `ttt config`; secrets are masked. */
  readonly entries: readonly ConfigEntry[];
  /** What is wrong with it and was left out, in words; always empty unless that was asked for. */
  readonly leftOut: readonly string[];
}

export interface ConfigEntry {
  /** `worker.count` */
  readonly name: string;
  readonly value: string | number | boolean | null;
  /** `default`, `file /path/ttt.yaml`, `environment TTT_WORKER_COUNT`, or `running stack (…)`. */
  readonly source: string;
  readonly secret: boolean;
  readonly description: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The whole configuration: defaults, then the stack file (TTT_STACK or TTT_HOME/ttt.yaml), then the secrets file
 * (TTT_SECRETS_FILE or TTT_HOME/conf/secrets.env), then the environment the running stack was brought up with, then
 * the own environment. So a second terminal means the same stack.
 * Throws an OperatorError (exit `configuration`) that names the setting and its source. What must work whatever stands
 * there is `forgiving`: it leaves out what is wrong, and says so in `leftOut`.
 */
export async function loadConfig(
  own: Environment = process.env,
  options: { ignoreRunning?: boolean; forgiving?: boolean } = {},
): Promise<Config> {
  const leftOut: string[] = [];
  const onProblem: OnProblem = (error) => {
    if (!options.forgiving) throw error;
    leftOut.push(wordsOf(error));
  };
  const paths = statePaths(defaultHome(own, process.getuid?.()));
  const running: Environment = options.ignoreRunning ? {} : (readDesired(paths)?.environment ?? {});
  const given = { ...running, ...own };
  const secretsFile = given.TTT_SECRETS_FILE || paths.secretsFile;
  const kept = readSecretsFile(secretsFile, onProblem);
  const env: Environment = { ...kept, ...given };
  const leaves = findLeaves(configSchema, []);
  const values: Record<string, unknown> = {};
  const sources = new Map<string, string>();

  const file = env.TTT_STACK ?? paths.stackFile;
  if (env.TTT_STACK !== undefined || existsSync(file)) await readStackFile(file, values, sources).catch(onProblem);
  for (const leaf of leaves) {
    const text = env[leaf.env];
    if (text === undefined || text === "") continue;
    assign(values, leaf.path, leaf.numeric ? toNumber(text) : text);
    sources.set(leaf.name, sourceOf(leaf.env, { own, running, secretsFile }));
  }

  const settings = parse(
    values,
    (name) => sources.get(name) ?? sources.get(settingOf(name)) ?? `file ${file}`,
    onProblem,
  );
  const entries = leaves.map((leaf): ConfigEntry => {
    const value = valueAt(settings, leaf.path);
    if (leaf.meta.secret && typeof value === "string") registerSecretUrl(value);
    return {
      name: leaf.name,
      value: leaf.meta.secret && value !== null ? "********" : value,
      source: sources.get(leaf.name) ?? "default",
      secret: leaf.meta.secret ?? false,
      description: leaf.meta.description,
    };
  });
  const secrets: Record<string, string> = {};
  for (const name of secretsOf(settings.incident.contacts)) {
    const value = env[name];
    if (!value) continue;
    registerSecretUrl(value);
    registerSecretPath(value);
    secrets[name] = value;
  }
  // What the secrets file holds stays there: what is changed in it counts from the next start on.
  const environment = settingsOf(given);
  const profile = profileOf(settings, onProblem);
  return { ...settings, profile, paths, environment, secrets, secretsFile, entries, leftOut };
}

/** Throws, or takes note of it and lets the rest go on. */
type OnProblem = (error: unknown) => void;

function wordsOf(error: unknown): string {
  const found = error instanceof OperatorError ? error.details.found : undefined;
  return found === undefined ? messageOf(error) : `${messageOf(error)} (${found})`;
}

/** Every variable that is a setting. */
export const settingNames = (): ReadonlySet<string> => new Set(findLeaves(configSchema, []).map(({ env }) => env));

function sourceOf(
  name: string,
  { own, running, secretsFile }: { own: Environment; running: Environment; secretsFile: string },
): string {
  if (own[name]) return `environment ${name}`;
  return running[name] ? `running stack (${name} of ttt up)` : `file ${secretsFile}`;
}

/** All three service addresses make the services profile; some but not all is a mistake worth stopping for. */
function profileOf(settings: Settings, onProblem: OnProblem): Profile {
  const urls = { DATABASE_URL: settings.database.url, REDIS_URL: settings.redis.url, AMQP_URL: settings.amqp.url };
  const missing = Object.entries(urls).flatMap(([name, url]) => (url === undefined ? [name] : []));
  if (missing.length === 3) return "embedded";
  if (missing.length > 0) {
    onProblem(
      new OperatorError("Some service addresses are set, but not all of them.", {
        exit: "configuration",
        code: "CONFIG_PROFILE",
        expected: "DATABASE_URL, REDIS_URL and AMQP_URL all set (services), or none of them (embedded)",
        found: `missing: ${missing.join(", ")}`,
      }),
    );
  }
  return "services";
}

/** The setting that a part of it belongs to: `api.probes` of `api.probes.0.http`. */
const settingOf = (name: string) => name.split(".", 2).join(".");

interface Leaf {
  readonly name: string;
  readonly path: readonly string[];
  readonly env: string;
  readonly numeric: boolean;
  readonly meta: LeafMeta;
}

function findLeaves(schema: z.ZodMiniType, path: readonly string[]): Leaf[] {
  if (schema instanceof z.ZodMiniObject) {
    return Object.entries(schema.shape).flatMap(([key, child]) => findLeaves(child as z.ZodMiniType, [...path, key]));
  }
  const meta = settingsMeta.get(schema) ?? { description: "" };
  const env = meta.env ?? `TTT_${path.map(upperSnake).join("_")}`;
  return [{ name: path.join("."), path, env, numeric: isNumeric(schema), meta }];
}

function isNumeric(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodMiniDefault || schema instanceof z.ZodMiniOptional)
    return isNumeric(schema._zod.def.innerType);
  return schema instanceof z.ZodMiniNumber || schema instanceof z.ZodMiniNumberFormat;
}

const upperSnake = (name: string) => name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

/** Text that is no number stays text, so that the schema names what was found. */
function toNumber(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (rest.length === 0) {
    target[head!] = value;
    return;
  }
  if (!isRecord(target[head!])) target[head!] = {};
  assign(target[head!] as Record<string, unknown>, rest, value);
}

function valueAt(settings: unknown, path: readonly string[]): ConfigEntry["value"] {
  const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), settings);
  if (Array.isArray(value)) return value.map((one: unknown) => (isRecord(one) ? one.name : one)).join(", ");
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readStackFile(
  file: string,
  values: Record<string, unknown>,
  sources: Map<string, string>,
): Promise<void> {
  const problem = (found: string, cause?: unknown) =>
    new OperatorError(`The stack file ${file} cannot be used.`, {
      exit: "configuration",
      code: "CONFIG_FILE",
      found,
      hint: "ttt config",
      cause,
    });
  let content: unknown;
  try {
    const { parse } = await import("yaml");
    content = parse(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw problem(error instanceof Error ? error.message : String(error), error);
  }
  if (!isRecord(content)) throw problem("not a mapping of settings");
  copyInto(values, content, [], (name) => sources.set(name, `file ${file}`));
}

function copyInto(
  target: Record<string, unknown>,
  from: Record<string, unknown>,
  path: readonly string[],
  seen: (name: string) => void,
): void {
  for (const [key, value] of Object.entries(from)) {
    if (isRecord(value)) copyInto(target, value, [...path, key], seen);
    else {
      assign(target, [...path, key], value);
      seen([...path, key].join("."));
    }
  }
}

function parse(
  values: Record<string, unknown>,
  sourceOfSetting: (name: string) => string,
  onProblem: OnProblem,
): Settings {
  for (;;) {
    for (const section of Object.keys(configSchema.shape)) values[section] ??= {};
    // Compiling a parser takes longer than parsing once.
    const result = configSchema.safeParse(values, { jitless: true });
    if (result.success) return result.data;
    const issue = result.error.issues[0]!;
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    const path = [...issue.path.map(String), ...keys.slice(0, 1)];
    const name = path.join(".");
    onProblem(
      new OperatorError(`The setting ${name} is not valid: ${issue.message}`, {
        exit: "configuration",
        code: "CONFIG_INVALID",
        found: sourceOfSetting(name),
        hint: "ttt config",
      }),
    );
    leaveOut(values, path);
  }
}

/** The whole setting, also when only one of its items is wrong. Each call takes something away, so the loop ends. */
function leaveOut(values: Record<string, unknown>, [section, setting]: readonly string[]): void {
  const held = values[section!];
  if (setting !== undefined && isRecord(held) && setting in held) delete held[setting];
  else delete values[section!];
}

/** Of the address of a receiver the path is the secret, and it may come back without the rest in what is answered. */
function registerSecretPath(value: string): void {
  if (!URL.canParse(value)) return;
  const { pathname, search } = new URL(value);
  const keys = pathname.split("/").filter((segment) => segment.length >= SHORTEST_KEY);
  for (const part of [pathname, pathname + search, ...keys]) registerSecret(part);
}

/** Shorter parts of a path are words. */
const SHORTEST_KEY = 16;

/** The value itself and, of an address, the password in it. */
function registerSecretUrl(value: string): void {
  registerSecret(value);
  if (!URL.canParse(value)) return;
  const { password } = new URL(value);
  if (password) registerSecret(decodeURIComponent(password));
}
