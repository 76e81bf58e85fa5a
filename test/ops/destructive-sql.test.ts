import { expect, test } from "vitest";
import { readMigrationFiles } from "../../src/adapters/postgres/migration-files.ts";
import { destructiveStatements } from "../../src/ops/destructive-sql.ts";
import { migrationsFolder } from "../../src/runtime/migrations.ts";

test.each([
  ["DROP TABLE fill", "drops a table"],
  ["drop materialized\n view if exists v", "drops a materialized view"],
  ["DROP FUNCTION event_relay(integer)", "drops a function"],
  ["ALTER TABLE job DROP COLUMN state", "drops a column"],
  ["ALTER TABLE job ADD COLUMN a int, DROP IF EXISTS state", "drops a column"],
  ["ALTER TABLE job ALTER COLUMN state TYPE bigint USING 0", "changes the type of a column"],
  ["ALTER TABLE job ALTER state SET DATA TYPE bigint", "changes the type of a column"],
  ["ALTER TYPE side ALTER ATTRIBUTE a TYPE bigint", "changes a type"],
  ["ALTER TABLE job RENAME TO work", "renames what is used by its name"],
  ["ALTER TABLE job RENAME COLUMN state TO phase", "renames what is used by its name"],
  ["ALTER TABLE job RENAME state TO phase", "renames what is used by its name"],
  ["ALTER FUNCTION event_relay(integer) RENAME TO relay", "renames what is used by its name"],
  ["ALTER TABLE job SET SCHEMA old", "renames what is used by its name"],
  ["TRUNCATE job, fill", "empties a table"],
  ["DELETE FROM job", "deletes every row of a table"],
  ["DELETE FROM job USING (SELECT 1 AS id WHERE true) AS x", "deletes every row of a table"],
  ["WITH gone AS (DELETE FROM job RETURNING *) SELECT * FROM gone WHERE id > 1", "deletes every row of a table"],
  ["DO $$ BEGIN IF true THEN DROP TABLE job; END IF; END $$", "drops a table"],
  ["DO $x$ BEGIN EXECUTE format('DROP TABLE %I', 'job'); END $x$", "runs SQL that nobody can read beforehand"],
])("OX-01 %s: %s", (sql, why) => {
  const harmless = "CREATE TABLE a (b text DEFAULT ';'); -- ;\n";
  expect(destructiveStatements(`${harmless}${sql};\n${harmless}`).map((one) => one.why)).toEqual([why]);
});

test.each([
  "CREATE TABLE job (id bigint PRIMARY KEY, note text DEFAULT 'DROP TABLE job; TRUNCATE job')",
  "-- DROP TABLE job;\nSELECT 1",
  "/* DROP TABLE\n job; */ SELECT 1",
  "SELECT E'it\\'s; ', 'DROP TABLE job'",
  'SELECT 1 AS "; DROP TABLE job; "',
  "ALTER TABLE job ADD COLUMN type text, ADD COLUMN renamed text",
  "ALTER TABLE job ALTER COLUMN type SET NOT NULL",
  "ALTER TABLE job ALTER COLUMN state DROP NOT NULL, ALTER note DROP DEFAULT, DROP CONSTRAINT job_check",
  "ALTER TABLE job RENAME CONSTRAINT a TO b",
  "ALTER INDEX job_by_state RENAME TO job_of_state",
  "ALTER TYPE side ADD VALUE 'short'",
  "DROP INDEX job_by_state",
  "DROP TRIGGER job_announces ON job",
  "DELETE FROM job WHERE state = 'dead'",
  "DELETE FROM job USING fill WHERE fill.job = job.id",
  "CREATE TRIGGER t BEFORE DELETE OR TRUNCATE ON job FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
  "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM job; TRUNCATE job; END $$",
])("OX-01 %s takes nothing away", (sql) => {
  expect(destructiveStatements(sql)).toEqual([]);
});

test("OX-01 no migration of this build takes anything away, so every one may run beside the version before", () => {
  const files = readMigrationFiles(migrationsFolder());
  expect(files.length).toBeGreaterThan(15);
  expect(files.flatMap(({ name, sql }) => destructiveStatements(sql).map(({ why }) => `${name} ${why}`))).toEqual([]);
});
