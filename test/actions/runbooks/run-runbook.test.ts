import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { listRunbooks } from "../../../src/actions/runbooks/list-runbooks.ts";
import { readRun } from "../../../src/actions/runbooks/read-runs.ts";
import type { Answer, RunDialogue } from "../../../src/actions/runbooks/run-dialogue.ts";
import { abortRunbook, planRunbook } from "../../../src/actions/runbooks/run-runbook.ts";
import { processRow } from "../../../src/adapters/process/process-table.ts";
import { journalThatComesAndGoes, page, runbookBench } from "../../support/runbooks.ts";
import { until } from "../../support/until.ts";

let bench: ReturnType<typeof runbookBench>;
afterEach(() => bench.remove());

const file = (name: string) => join(bench.folder, name);
const trace = () => (existsSync(file("trace")) ? readFileSync(file("trace"), "utf8").trim().split("\n") : []);
const states = ({ view }: { view: { steps: readonly { id: string; state: string }[] } }) =>
  view.steps.map(({ id, state }) => `${id} ${state}`);
const step = (id: string, attributes = "", script = "") =>
  `\`\`\`sh id=${id} ${attributes}\necho ${id} >> "$BENCH/trace"\n${script}\n\`\`\`\n`;

const THREE = page(
  `## 1 One\n${step("one", "undo=un-one recheck=is-one")}
${step("un-one")}
${step("is-one", "", '[ ! -e "$BENCH/lost" ]')}
## 2 Two\n${step("two", "undo=un-two assert=fine", 'cat "$BENCH/word"')}
> Put a fine word into the file.

${step("un-two")}
## 3 Three\n${step("three")}
- [ ] Tell somebody.
`,
);

/** Answers from a list, in the order of the questions. */
function answering(...answers: Answer[]): RunDialogue & { readonly asked: string[] } {
  const asked: string[] = [];
  const next = (question: string) => {
    asked.push(question);
    return Promise.resolve(answers.shift() ?? "go");
  };
  return {
    asked,
    beforeStep: ({ id }) => next(`before ${id}`),
    person: ({ text }) => next(`person ${text}`),
    afterFailure: ({ id }) => next(`failed ${id}`),
    beforeUndo: async ({ id }) => (await next(`undo ${id}`)) === "go",
  };
}

describe("OR-02 running a runbook", () => {
  test("OR-02 by itself: every step in order, written down before and after", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "fine");
    const result = await bench.run({ runbook: "three" });
    expect(result).toMatchObject({
      view: { state: "green", note: "1 step for a person not confirmed by anybody" },
    });
    expect(states(result)).toEqual(["one done", "two done", "three done", "3-person-1 assumed"]);
    expect(trace()).toEqual(["one", "two", "three"]);
    expect(bench.events.map((event) => ("step" in event ? `${event.kind} ${event.step}` : event.kind))).toEqual([
      "started",
      ...["one", "two", "three"].flatMap((id) => [`step-started ${id}`, `step-process ${id}`, `step-ended ${id}`]),
      ...["step-started 3-person-1", "step-ended 3-person-1", "ended"],
    ]);
    expect(await bench.ports.runs.read("001-three")).toEqual(bench.events);
    expect(await listRunbooks(bench.ports)).toMatchObject([
      { name: "three", lastGreenAt: result.view.endedAt, steps: 4 },
    ]);
  });

  test("OR-02 the dry run is the plan of the run and touches nothing", async () => {
    bench = runbookBench({ three: THREE });
    const { steps } = await planRunbook(bench.ports, { runbook: "three", params: {}, from: "2" });
    expect(steps.map(({ id }) => id)).toEqual(["two", "three", "3-person-1"]);
    expect(trace()).toEqual([]);
    expect(await bench.ports.runs.list()).toEqual([]);
  });

  test("OR-02 a failed assertion stops the run and says what to do; resume goes on there", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "foul");
    const failed = await bench.run({ runbook: "three" });
    expect(states(failed)).toEqual(["one done", "two failed", "three open", "3-person-1 open"]);
    expect(failed.view).toMatchObject({
      state: "failed",
      note: "two (2): its output does not match /fine/. Put a fine word into the file. Then: ttt runbook resume 001-three",
    });
    expect((await listRunbooks(bench.ports))[0]).toMatchObject({ lastGreenAt: null, lastRun: { state: "failed" } });
    writeFileSync(file("word"), "fine");
    const resumed = await bench.resume();
    expect(resumed.view.state).toBe("green");
    expect(trace()).toEqual(["one", "two", "is-one", "two", "three"]);
    await expect(bench.resume("001-three")).rejects.toThrow("cannot go on: it is green");
  });

  test("OR-02 resume does again what does not hold any more", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "foul");
    await bench.run({ runbook: "three" });
    writeFileSync(file("word"), "fine");
    writeFileSync(file("lost"), "");
    const resumed = await bench.resume();
    expect(trace()).toEqual(["one", "two", "is-one", "one", "two", "three"]);
    expect(resumed.view.state).toBe("green");
    expect(bench.events.find(({ kind }) => kind === "rechecked")).toMatchObject({ step: "one", holds: false });
  });

  test("OR-02 resume does again what the runbook says in other words now, and refuses when a step is gone", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "foul");
    await bench.run({ runbook: "three" });
    bench.write("three", THREE.replace("echo one >>", "echo another one >>"));
    writeFileSync(file("word"), "fine");
    expect((await bench.resume()).view.state).toBe("green");
    expect(trace()).toEqual(["one", "two", "another one", "two", "three"]);

    writeFileSync(file("word"), "foul");
    await bench.run({ runbook: "three" });
    bench.write("three", THREE.replace("id=three", "id=fourth"));
    await expect(bench.resume()).rejects.toThrow("has no step three any more");
  });

  test("OR-02 a run that is left by its process is interrupted, and resumed at its step once the shell has ended", async () => {
    bench = runbookBench({
      slow: page(`## 1 A\n${step("one")}${step("two", "", 'while [ ! -e "$BENCH/go" ]; do sleep 0.02; done')}`),
    });
    // The file as a runner leaves it that is killed in the middle of the second step.
    const running = bench.run({ runbook: "slow" });
    await until("the second step", () => trace().includes("two"));
    const left = await until("its process in the record", async () => {
      const events = await bench.ports.runs.read("001-slow");
      return events.filter(({ kind }) => kind === "step-process").length === 2 && events;
    });
    expect((await readRun(bench.ports)).state).toBe("running");
    await expect(bench.run({ runbook: "slow" })).rejects.toThrow("Another runbook works on test-bench");
    writeFileSync(file("go"), "");
    await running;
    rmSync(join(bench.folder, "runs", "001-slow"), { recursive: true });
    for (const event of left) await bench.ports.runs.append("001-slow", event);
    expect((await readRun(bench.ports, "001-slow")).state).toBe("interrupted");
    expect((await bench.resume()).view.state).toBe("green");
    expect(trace()).toEqual(["one", "two", "two"]);
  });

  test("OR-02 a torn last line is left out", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "foul");
    await bench.run({ runbook: "three" });
    const events = join(bench.folder, "runs", "001-three", "events.ndjson");
    writeFileSync(events, readFileSync(events, "utf8").slice(0, -20));
    expect((await readRun(bench.ports)).state).toBe("interrupted");
    writeFileSync(file("word"), "fine");
    expect((await bench.resume()).view.state).toBe("green");
  });

  test("OR-02 abort takes back what was begun, the last step first", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "foul");
    await bench.run({ runbook: "three" });
    const aborted = await abortRunbook(bench.ports, undefined, { ...bench.options(), undo: true });
    expect(trace()).toEqual(["one", "two", "un-two", "un-one"]);
    expect(aborted.view).toMatchObject({ state: "aborted", note: "" });
    expect(states(aborted).slice(0, 2)).toEqual(["one undone", "two undone"]);
    await expect(bench.resume("001-three")).rejects.toThrow("cannot go on: it is aborted");
  });

  test("OR-02 abort says what it could not take back", async () => {
    bench = runbookBench({
      bad: page(`## 1 A\n${step("one", "undo=un-one")}${step("un-one", "", "exit 4")}${step("two", "", "exit 3")}`),
    });
    expect((await bench.run({ runbook: "bad" })).view.note).toContain("two (1): it ended with 3 where 0 was expected");
    const { view } = await abortRunbook(bench.ports, undefined, { ...bench.options(), undo: true });
    expect(view).toMatchObject({ state: "aborted", note: "not taken back: one" });
  });

  test("OR-02 retry, timeout, exit codes, conditions", async () => {
    bench = runbookBench({
      all: page(
        `## 1 A
${step("third-time", "retry=4x10ms", 'test "$(grep -c third-time "$BENCH/trace")" -ge 3')}
${step("unhealthy", "exit=0,20", "exit 20")}
${step("elsewhere", "when='[ -e /nowhere ]'")}
${step("secret", "", "echo hunter2")}
${step("too-long", "timeout=200ms", "sleep 3600")}`,
      ),
    });
    const { view } = await bench.run({ runbook: "all" });
    expect(view.steps.map(({ id, state, attempts, note }) => [id, state, attempts, note])).toEqual([
      ["third-time", "done", 3, ""],
      ["unhealthy", "done", 1, ""],
      ["elsewhere", "skipped", 0, "does not apply: [ -e /nowhere ]"],
      ["secret", "done", 1, ""],
      ["too-long", "failed", 1, "it took longer than 0.2 s and was ended"],
    ]);
    expect(view.steps.find(({ id }) => id === "secret")?.output).toBe("[redacted]");
    expect(JSON.stringify(await bench.ports.runs.read(view.run))).not.toContain("hunter2");
  });

  test("OR-02 a condition that cannot be answered is not taken for a no", async () => {
    bench = runbookBench({ all: page(`## 1 A\n${step("one", "when='exit 14'")}`) });
    expect((await bench.run({ runbook: "all" })).view).toMatchObject({
      state: "failed",
      steps: [{ state: "failed", note: "nobody can say whether it applies: exit 14" }],
    });
    expect(trace()).toEqual([]);
  });

  test("OR-02 a value with quotes and dollars stays one word and never runs", async () => {
    bench = runbookBench({
      say: page(
        '## 1 A\n```sh id=say\nprintf "%s" "$WORDS" > "$BENCH/said"\n```\n',
        `params:\n  words: {type: text, pattern: ".*", summary: words}\n`,
      ),
    });
    const words = `"; touch ${file("owned")}; $(touch ${file("owned")}) '\\`;
    expect((await bench.run({ runbook: "say", params: { words } })).view.state).toBe("green");
    expect(readFileSync(file("said"), "utf8")).toBe(words);
    expect(existsSync(file("owned"))).toBe(false);
  });
});

describe("OR-02 with a person at the terminal", () => {
  test("OR-02 step by step: run, leave out, confirm, stop, and go on later", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "fine");
    const first = answering("go", "skip", "stop");
    const stopped = await bench.run({ runbook: "three" }, first);
    expect(first.asked).toEqual(["before one", "before two", "before three"]);
    expect(stopped.view).toMatchObject({ state: "stopped", note: "stopped at three (3)" });
    const second = answering("go", "go");
    const resumed = await bench.resume(undefined, second);
    expect(second.asked).toEqual(["before three", "person Tell somebody."]);
    expect(states(resumed)).toEqual(["one done", "two skipped", "three done", "3-person-1 confirmed"]);
    expect(resumed.view).toMatchObject({ state: "green", note: "" });
  });

  test("OR-02 after a failure: again, then undo all but what the person wants to keep", async () => {
    bench = runbookBench({ three: THREE });
    writeFileSync(file("word"), "foul");
    const dialogue = answering("go", "go", "go", "abort", "go", "skip");
    const { view } = await bench.run({ runbook: "three" }, dialogue);
    expect(dialogue.asked).toEqual([
      "before one",
      "before two",
      "failed two",
      "failed two",
      "undo un-two",
      "undo un-one",
    ]);
    expect(trace()).toEqual(["one", "two", "two", "un-two"]);
    expect(view).toMatchObject({ state: "aborted", note: "not taken back: one" });
  });

  test("OR-02 an interrupt ends the step with everything it started", async () => {
    bench = runbookBench({
      slow: page(`## 1 A\n${step("one", "", 'sleep 300 & echo $! > "$BENCH/child"\nwait')}${step("two")}`),
    });
    const interrupt = new AbortController();
    const running = bench.run({ runbook: "slow" }, undefined, interrupt.signal);
    const child = await until(
      "its child",
      () => existsSync(file("child")) && (Number(readFileSync(file("child"), "utf8")) || undefined),
    );
    interrupt.abort();
    const { view } = await running;
    expect(view).toMatchObject({ state: "stopped", steps: [{ state: "failed" }, { state: "open" }] });
    await until("the child's end", () => processRow(child) === undefined);
    expect(trace()).toEqual(["one"]);
  });
});

describe("OR-02 the journal", () => {
  test("OR-02 a run in which it comes back is journalled whole, in order and once, under who did it", async () => {
    bench = runbookBench({ three: THREE });
    const journal = journalThatComesAndGoes();
    Object.assign(bench.ports, { openJournal: journal.open });
    journal.isThere = false;
    writeFileSync(file("word"), "foul");
    expect((await bench.run({ runbook: "three" })).journalled).toBe(false);
    expect(journal.rows).toEqual([]);

    journal.isThere = true;
    writeFileSync(file("word"), "fine");
    Object.assign(bench.ports, { operator: { actor: "grace", origin: "elsewhere" } });
    expect((await bench.resume()).journalled).toBe(true);
    const events = await bench.ports.runs.read("001-three");
    expect(journal.rows.map(({ body }) => (body as { seq: number }).seq)).toEqual(events.map(({ seq }) => seq));
    expect(journal.rows.map(({ kind }) => kind)).toEqual(events.map(({ kind }) => `runbook.${kind}`));
    const resumed = events.findIndex(({ kind }) => kind === "resumed");
    expect(new Set(journal.rows.slice(0, resumed).map(({ actor }) => actor))).toEqual(new Set(["ada"]));
    expect(new Set(journal.rows.slice(resumed).map(({ actor }) => actor))).toEqual(new Set(["grace"]));
  });

  test("OR-02 what the journal holds already is not brought twice when the note of it was lost", async () => {
    bench = runbookBench({ three: THREE });
    const journal = journalThatComesAndGoes();
    Object.assign(bench.ports, { openJournal: journal.open });
    writeFileSync(file("word"), "fine");
    await bench.run({ runbook: "three" });
    const rows = journal.rows.length;
    await bench.ports.runs.setJournalled("001-three", 3);
    await bench.run({ runbook: "three" });
    expect(journal.rows).toHaveLength(2 * rows);
    expect(await bench.ports.runs.journalled("001-three")).toBe(rows);
  });
});
