/** Values that must never reach a log, a display or an error. Registered where they are read or made. */
const secrets = new Set<string>();

/** Shorter ones would black out ordinary words. */
const SHORTEST_SECRET = 6;

export function registerSecret(value: string): void {
  if (value.length < SHORTEST_SECRET) return;
  secrets.add(value);
  // The same value as it stands inside a JSON string or an address.
  secrets.add(JSON.stringify(value).slice(1, -1));
  secrets.add(encodeURIComponent(value));
}

/** The text with every registered secret replaced. */
export function redact(text: string): string {
  let clean = text;
  for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, "[redacted]");
  return clean;
}
