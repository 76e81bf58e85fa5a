import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readIfExists } from "../adapters/files/state-files.ts";
import { OperatorError } from "../core/errors.ts";
import { secretsTemplate } from "../ops/secret-catalogue.ts";

/** The variables of a secrets file; none when there is no such file. `onProblem` gets (exit `configuration`) its number for each line that is none. */
export function readSecretsFile(path: string, onProblem: (error: OperatorError) => void): Record<string, string> {
  const text = readIfExists(path);
  if (text === undefined) return {};
  warnWhenOpen(path);
  return parseSecrets(text, path, onProblem);
}

const warned = new Set<string>();

/** Once a process, on standard error: whoever reads the output of a command as data is not disturbed. */
export function warnWhenOpen(path: string): void {
  if (warned.has(path) || ((modeOf(path) ?? 0) & 0o077) === 0) return;
  warned.add(path);
  process.stderr.write(`Others than its owner may read ${path}: chmod 600 ${path}\n`);
}

/** `NAME=value` lines, as Docker Compose and shells read them: comments, blank lines, `export`, quotes around a value. */
function parseSecrets(text: string, path: string, onProblem: (error: OperatorError) => void): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, name, value] = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(trimmed) ?? [];
    // Never the line itself: what is wrong with it may be half a secret.
    if (name === undefined || value === undefined) onProblem(malformed(path, index + 1));
    else values[name] = unquoted(value);
  }
  return values;
}

function unquoted(value: string): string {
  const [, quoted] = /^"(.*)"$/.exec(value) ?? /^'(.*)'$/.exec(value) ?? [];
  return quoted ?? value;
}

function malformed(path: string, line: number): OperatorError {
  return new OperatorError(`The secrets file ${path} cannot be read.`, {
    exit: "configuration",
    code: "SECRETS_FILE",
    expected: "lines of NAME=value",
    found: `something else in line ${line}`,
    hint: `mend the line, then: ttt config check`,
  });
}

/** Writes the file from its template, with values made for it, mode 0600. Throws `conflict` where there is one. */
export function writeSecretsFile(
  path: string,
  profile: "embedded" | "services",
): { readonly generated: readonly string[] } {
  const { text, generated } = secretsTemplate(profile, () => randomBytes(24).toString("base64url"));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!existsSync(path)) throw error;
    throw alreadyThere(path);
  }
  return { generated };
}

/** What would be written, by the same template. Throws `conflict` where there is a file. */
export function planSecretsFile(
  path: string,
  profile: "embedded" | "services",
): { readonly generated: readonly string[] } {
  if (existsSync(path)) throw alreadyThere(path);
  return { generated: secretsTemplate(profile, () => "").generated };
}

function alreadyThere(path: string): OperatorError {
  return new OperatorError("There is a secrets file already, and it is never overwritten.", {
    exit: "conflict",
    code: "SECRETS_FILE_EXISTS",
    found: path,
    hint: "ttt config check",
  });
}

/** The permission bits of a file, or undefined when it is not there. */
export function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
}
