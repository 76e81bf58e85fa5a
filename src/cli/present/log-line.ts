import type { LogRecord } from "../../actions/filter-logs.ts";

/** `12:34:56.789 worker-1  warn  message key=value`, times in UTC. Control characters are shown, never sent. */
export function logLine(record: LogRecord): string {
  const time = new Date(record.time).toISOString().slice(11, 23);
  const context = Object.entries(record.context).map(([key, value]) => ` ${key}=${plain(value)}`);
  const text = `${record.message}${context.join("")}`;
  return `${time} ${record.instance.padEnd(13)} ${record.level.padEnd(5)} ${visible(text)}`;
}

function plain(value: unknown): string {
  if (typeof value === "string") return /[\s="]/.test(value) || value === "" ? JSON.stringify(value) : value;
  return JSON.stringify(value) ?? "";
}

/** A log line may hold what somebody else sent: it must not move the cursor or colour the terminal. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    character === "\t" ? " " : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
