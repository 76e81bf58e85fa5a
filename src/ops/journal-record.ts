/** A row of the journal as the timeline reads it. */
export interface JournalRecord {
  readonly seq: number;
  /** ISO 8601: when it was written. */
  readonly at: string;
  readonly kind: string;
  readonly actor: string;
  readonly origin: string;
  readonly body: unknown;
}

/** The fields of a row's body; none when it is no object. */
export function fieldsOf({ body }: Pick<JournalRecord, "body">): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? { ...body } : {};
}

/** When it happened, milliseconds since the epoch: rows that waited on a disk say so themselves. */
export function occurredAt(record: JournalRecord): number {
  const { occurredAt: told } = fieldsOf(record);
  return typeof told === "number" ? told : Date.parse(record.at);
}

/** A field as text; empty when it is not there. */
export function textIn(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
