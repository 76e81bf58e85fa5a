/** Without letters and digits that are mistaken for each other when read out. */
const LETTERS = "23456789abcdefghjkmnpqrstuvwxyz";

/**
 * `inc-20261123-7k2fq`: the day, and five letters of chance. Made by whoever opens the incident, so that it exists
 * before any server was asked.
 */
export function incidentId(now: number, bytes: Uint8Array): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "");
  const letters = [...bytes.slice(0, 5)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  return `inc-${day}-${letters}`;
}

export const INCIDENT_ID = /^inc-\d{8}-[2-9a-z]{5}$/;

/** Whether what was typed means this incident: the whole id, or its last letters. */
export const means = (typed: string, id: string): boolean => id === typed || (typed.length >= 3 && id.endsWith(typed));
