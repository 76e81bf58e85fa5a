import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyJournal } from "../../src/actions/audit-journal.ts";
import { FileJournalMarks } from "../../src/adapters/files/file-journal-marks.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresJournal } from "../../src/adapters/postgres/postgres-journal.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

describe("the end of the journal", () => {
  const entry = { kind: "test.entry", actor: "tester", origin: "here", commandId: "", body: {} };
  const folder = mkdtempSync(join(tmpdir(), "ttt-marks-"));
  const marks = new FileJournalMarks(join(folder, "mark.json"));
  let own: Postgres;
  let whole: PostgresJournal;
  beforeAll(async () => {
    own = await openPostgres(await migratedDatabase());
    whole = new PostgresJournal(own);
    for (let row = 0; row < 5; row++) await whole.append(entry);
  });
  afterAll(async () => {
    await own.close();
    rmSync(folder, { recursive: true });
  });

  /** Changes rows as somebody can who owns the database. */
  async function behindItsBack(statement: string): Promise<void> {
    for (const table of ["journal", "journal_head"]) await own.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await own.query(statement);
    for (const table of ["journal", "journal_head"]) await own.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  }
  const reasonOf = async () => (await whole.verify(marks.read())).broken;

  test("KS-32 the head moves with every row, and refuses to go back", async () => {
    expect(await verifyJournal(whole, marks)).not.toHaveProperty("sinceRow");
    const seq = await whole.append(entry);
    const [head] = await own.query(
      "SELECT seq, hash = (SELECT hash FROM journal WHERE seq = $1) AS same FROM journal_head",
      [seq],
    );
    expect(head).toEqual({ seq, same: true });
    expect(await verifyJournal(whole, marks)).toMatchObject({ rows: seq, sinceRow: seq - 1 });
    for (const change of ["UPDATE journal_head SET seq = 1", "DELETE FROM journal_head", "TRUNCATE journal_head"]) {
      await expect(own.query(change)).rejects.toThrow("only moves on");
    }
  });

  test("KS-32 a last row that was deleted is missing, also after the next one was appended, which still succeeds", async () => {
    const seq = await whole.append(entry);
    await behindItsBack(`DELETE FROM journal WHERE seq = ${seq}`);
    const reason = `it is missing, with all that follow: the journal's own head saw ${seq} rows`;
    expect(await reasonOf()).toEqual({ seq, reason });
    await expect(verifyJournal(whole, marks)).rejects.toMatchObject({ details: { code: "JOURNAL_BROKEN" } });
    expect(await whole.append(entry)).toBe(seq + 1);
    expect(await reasonOf()).toEqual({ seq: seq + 1, reason: `row ${seq} is missing` });
    await behindItsBack(`DELETE FROM journal WHERE seq > ${seq}`);
  });

  test("KS-32 when the head was set back as well, the last look from this host tells; without a head nothing is whole", async () => {
    const mark = marks.read()!;
    await behindItsBack(`DELETE FROM journal WHERE seq >= ${mark.seq}`);
    await behindItsBack(
      "UPDATE journal_head SET (seq, hash) = (SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1)",
    );
    expect((await whole.verify()).broken).toBeUndefined();
    expect((await reasonOf())?.reason).toContain("the last verification on this host");
    // Another row in its place is not what was seen either.
    expect(await whole.append({ ...entry, actor: "somebody else" })).toBe(mark.seq);
    expect(await reasonOf()).toEqual({
      seq: mark.seq,
      reason: "it is not the row that the last verification on this host saw",
    });
    await behindItsBack("DELETE FROM journal_head");
    expect((await whole.verify()).broken?.reason).toContain("own head is missing");
    // A kill is journalled too: it must not fail for it.
    expect(await whole.append(entry)).toBe(mark.seq + 1);
  });
});
