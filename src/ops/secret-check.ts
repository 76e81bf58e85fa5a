import { GENERATED_SECRETS, KNOWN_SECRETS } from "./secret-catalogue.ts";

/** Something about the secrets that is not as it should be. */
export interface SecretFinding {
  readonly name: string;
  readonly problem: "unusable" | "missing" | "weak" | "readable" | "unused";
  readonly text: string;
  readonly hint: string;
}

export interface SecretsToCheck {
  /** The file's variables; undefined when there is no file. */
  readonly file: Readonly<Record<string, string>> | undefined;
  /** What holds: the file with the environment over it. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Names that this configuration needs, each with what needs it. */
  readonly needed: ReadonlyMap<string, string>;
  /** Names among them that hold the address of somebody who is told. */
  readonly addresses: ReadonlySet<string>;
  /** Names that something reads beside the secrets of the catalogue. */
  readonly settings: ReadonlySet<string>;
  /** Files that hold secrets, with their permission bits. */
  readonly modes: readonly { readonly path: string; readonly mode: number }[];
  readonly path: string;
}

/** Twelve random letters and digits are some 70 bits: below that a fast machine guesses. */
const SHORTEST_PASSWORD = 12;
const FEWEST_DIFFERENT = 6;
const WELL_KNOWN =
  /^(ttt|admin|root|guest|postgres|redis|secret|password\d*|changeme|change-me|example|test|12345.*)$/i;
const PLACEHOLDER = /^<.*>$|^x{3,}$|^\.{3}$|^todo$/i;
const HAS_PASSWORD: ReadonlySet<string> = new Set(["DATABASE_URL", "REDIS_URL", "AMQP_URL", "TTT_INCIDENT_SMTP_URL"]);
/** Reached over this machine only: nobody else can knock. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|)$/;

/** What is missing, no address, weak, readable by others or unused. Findings name secrets and never show them. */
export function checkSecrets(check: SecretsToCheck): SecretFinding[] {
  return [...readable(check), ...missing(check), ...unusable(check), ...weak(check), ...unused(check)];
}

function readable({ modes }: SecretsToCheck): SecretFinding[] {
  return modes
    .filter(({ mode }) => (mode & 0o077) !== 0)
    .map(({ path, mode }) => ({
      name: path,
      problem: "readable",
      text: `others than its owner may read or change it (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`,
      hint: `chmod 600 ${path}`,
    }));
}

function missing({ needed, values, path }: SecretsToCheck): SecretFinding[] {
  return [...needed]
    .filter(([name]) => !values[name])
    .map(([name, by]) => ({
      name,
      problem: "missing",
      text: `${by} needs it`,
      hint: `set ${name} in ${path}`,
    }));
}

/** Found out here, and not when the first incident cannot be told. */
function unusable({ addresses, values }: SecretsToCheck): SecretFinding[] {
  return [...addresses]
    .filter((name) => values[name] && !URL.canParse(values[name]))
    .map((name) => ({
      name,
      problem: "unusable",
      text: "it is no address",
      hint: "https://HOST/PATH, or smtp://HOST",
    }));
}

function weak({ values, needed }: SecretsToCheck): SecretFinding[] {
  return Object.entries(values).flatMap(([name, value]): SecretFinding[] => {
    if (!value) return [];
    const judged = passwordIn(name, value, needed);
    const text = judged === undefined ? undefined : weakness(judged);
    if (text === undefined) return [];
    const made = "openssl rand -base64 24";
    if (!HAS_PASSWORD.has(name)) return [{ name, problem: "weak", text, hint: made }];
    return [
      { name, problem: "weak", text: `its password: ${text}`, hint: `${made}, at the server and in the address` },
    ];
  });
}

/** The part of a value that somebody could guess; undefined when there is none. */
function passwordIn(name: string, value: string, needed: ReadonlyMap<string, string>): string | undefined {
  if (HAS_PASSWORD.has(name) && URL.canParse(value)) {
    const { password, hostname } = new URL(value);
    return password === "" && LOOPBACK.test(hostname) ? undefined : decodeURIComponent(password);
  }
  if (GENERATED_SECRETS.has(name) || needed.get(name)?.includes("signs")) return value;
  return PLACEHOLDER.test(value) && KNOWN_SECRETS.has(name) ? value : undefined;
}

function weakness(password: string): string | undefined {
  if (password === "") return "it has no password";
  if (PLACEHOLDER.test(password)) return "it is a placeholder";
  if (WELL_KNOWN.test(password)) return "everybody knows it";
  if (password.length < SHORTEST_PASSWORD) return `it is shorter than ${SHORTEST_PASSWORD} characters`;
  if (new Set(password).size < FEWEST_DIFFERENT) return "it repeats a few characters";
  return undefined;
}

function unused({ file = {}, settings, needed, path }: SecretsToCheck): SecretFinding[] {
  return Object.keys(file)
    .filter((name) => !settings.has(name) && !needed.has(name) && !KNOWN_SECRETS.has(name))
    .map((name) => ({
      name,
      problem: "unused",
      text: "nothing reads it: a slip in its name, or a remainder",
      hint: `take it out of ${path}, or look for its right name in ttt config`,
    }));
}
