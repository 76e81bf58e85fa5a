import { describe, expect, test } from "vitest";
import { readMarkdownPage } from "../../src/adapters/files/markdown-page.ts";
import { runVariables } from "../../src/ops/runbook-params.ts";
import { parseRunbook } from "../../src/ops/runbook-parser.ts";
import { planRun } from "../../src/ops/runbook-plan.ts";
import { quotingProblem } from "../../src/ops/shell-quoting.ts";
import { page } from "../support/runbooks.ts";

const parse = async (text: string) => parseRunbook("sample", await readMarkdownPage("sample.md", text));
const problem = async (text: string) => {
  try {
    await parse(text);
  } catch (error) {
    const { message, details } = error as { message: string; details: { found: string } };
    return `${message} ${details.found}`;
  }
  throw new Error("it was accepted");
};

const WHOLE = page(
  `## 1 Look

Read this first.

\`\`\`sh
ttt status        # an example for readers: it has no id
\`\`\`

\`\`\`sh id=look timeout=5s retry=3x100ms assert="api +ready" recheck
ttt status
\`\`\`

> If the API is not ready: \`ttt logs api\`.

## 2 Act

### 2.1 Widen

\`\`\`sh id=widen confirm="Really add \\"workers\\"?" undo=narrow recheck=is-wide when='[ "$RUNBOOK_PROFILE" = services ]'
ttt scale worker="$HOW_MANY"
\`\`\`

\`\`\`sh id=narrow
ttt scale worker=1
\`\`\`

\`\`\`sh id=is-wide exit=0,20
ttt status
\`\`\`

### 2.3 Tell

- [ ] Tell the desk
  that there are more.
- [x] Written long ago.
- Only a remark.

## 3 Afterwards
`,
  "symptom: high-latency\nparams:\n  how-many: {type: integer, min: 1, max: 8, default: 2, summary: workers}\n",
);

describe("OR-01 a page of Markdown is a runbook", () => {
  test("OR-01 headings are sections, blocks with an id are steps, open task items are steps for a person", async () => {
    const runbook = await parse(WHOLE);
    expect(runbook).toMatchObject({
      name: "sample",
      title: "Of the tests",
      target: "test-bench",
      symptom: "high-latency",
    });
    expect(runbook.sections.map(({ address, title }) => `${address} ${title}`)).toEqual([
      "1 Look",
      "2 Act",
      "2.1 Widen",
      "2.3 Tell",
      "3 Afterwards",
    ]);
    expect(runbook.steps.map(({ id, section, line }) => [id, section, line])).toEqual([
      ["look", "1", 18],
      ["widen", "2.1", 28],
      ["2.3-person-1", "2.3", 42],
    ]);
    expect(runbook.steps[0]).toMatchObject({
      ...{ timeoutMs: 5_000, attempts: 4, pauseMs: 100, assert: "api +ready", recheck: "look", exits: [0] },
      remedy: "If the API is not ready: `ttt logs api`.",
    });
    expect(runbook.steps[1]).toMatchObject({
      ...{ confirm: 'Really add "workers"?', undo: "narrow", recheck: "is-wide" },
      when: '[ "$RUNBOOK_PROFILE" = services ]',
    });
    expect(runbook.steps[2]).toMatchObject({ kind: "person", text: "Tell the desk that there are more." });
    expect(runbook.asides.map(({ id, exits }) => [id, exits])).toEqual([
      ["narrow", [0]],
      ["is-wide", [0, 20]],
    ]);
  });

  test("OR-01 a part is chosen by its address, also when another one begins with the same digits", async () => {
    const sections = "## 2 A\n```sh id=a\n:\n```\n## 20 B\n```sh id=b\n:\n```\n## 21 C\n```sh id=c\n:\n```";
    const runbook = await parse(page(sections));
    const chosen = (choice: Parameters<typeof planRun>[1]) => planRun(runbook, choice).map(({ id }) => id);
    expect(chosen({})).toEqual(["a", "b", "c"]);
    expect(chosen({ sections: ["2"] })).toEqual(["a"]);
    expect(chosen({ from: "20" })).toEqual(["b", "c"]);
    expect(chosen({ from: "c" })).toEqual(["c"]);
    expect(() => chosen({ sections: ["3"] })).toThrow("has nothing at 3");
    expect(() => chosen({ from: "d" })).toThrow("has nothing at d");
  });

  test.each([
    ["a heading without an address", "## Look\n", "begins with its address", 8],
    ["an address that does not fit its level", "## 1.1 Look\n", "does not fit a heading of level 2", 8],
    ["an address that comes twice", "## 1 A\n## 1 B\n", "1 comes after 1", 9],
    ["an address outside of its parent", "## 1 A\n### 2.1 B\n", "2.1 does not lie in 1", 9],
    ["a step without a section", "```sh id=a\n:\n```\n", "a step stands in a section", 8],
    ["a step without an id", "## 1 A\n```sh timeout=3s\n:\n```\n", "a step has an id", 9],
    ["an id that comes twice", "## 1 A\n```sh id=a\n:\n```\n```sh id=a\n:\n```\n", "the id a stands twice", 12],
    ["an attribute nobody knows", "## 1 A\n```sh id=a retries=3\n:\n```\n", "there is no attribute retries", 9],
    ["a time that is none", "## 1 A\n```sh id=a timeout=soon\n:\n```\n", "timeout is a time like 30s", 9],
    [
      "an assertion that is no pattern",
      "## 1 A\n```sh id=a assert='('\n:\n```\n",
      "assert is no regular expression",
      9,
    ],
    ["an undo that is not there", "## 1 A\n```sh id=a undo=b\n:\n```\n", "undo=b: there is no such block", 9],
    [
      "a parameter outside of quotes",
      "## 1 A\n```sh id=a\necho $HOW_MANY\n```\n",
      "stands outside of double quotes",
      9,
    ],
    ["no step at all", "## 1 A\nOnly words.\n", "at least one step", 1],
  ])("OR-01 %s is found when the page is read, with its line", async (_what, body, words, line) => {
    const params = "params:\n  how-many: {type: integer, min: 1, max: 8, summary: workers}\n";
    const settings = body.includes("HOW_MANY") ? params : "";
    const shift = settings === "" || line === 1 ? 0 : 2;
    // Settings take six lines, the title two.
    expect(await problem(page(body, settings))).toMatch(
      new RegExp(`${words.replaceAll(/[().*+?]/g, "\\$&")}.*sample\\.md, line ${line - (line === 1 ? 0 : 1) + shift}$`),
    );
  });

  test("OR-01 a parameter that would steer the shell cannot be declared", async () => {
    const body = "## 1 A\n```sh id=a\n:\n```\n";
    for (const name of ["path", "ld-preload", "bash-env", "node-options", "ttt-home", "ifs"]) {
      const settings = `params:\n  ${name}: {type: text, summary: x}\n`;
      expect(await problem(page(body, settings))).toContain("has a meaning already");
    }
  });
});

describe("OR-02 parameters reach a step as environment only", () => {
  test.each([
    ['echo "$WHO"', undefined],
    [`echo "a ${"$"}{WHO} b"`, undefined],
    ["echo '$WHO'", undefined],
    ["echo \\$WHO", undefined],
    ["# $WHO is a remark", undefined],
    ['echo "$(printf %s "$WHO")"', undefined],
    ["echo $WHOEVER", undefined],
    ["echo $WHO", "$WHO stands outside"],
    [`echo ${"$"}{WHO}`, "$WHO stands outside"],
    ['echo "$(echo $WHO)"', "$WHO stands outside"],
    ['echo "a"$WHO"b"', "$WHO stands outside"],
    ['eval "echo $WHO"', "eval"],
    ["echo `id`", "backticks"],
    ["cat <<END\n$WHO\nEND", "here-documents"],
  ])("OR-02 %s", (script, expected) => {
    const found = quotingProblem(script, ["WHO"]);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(expected);
  });

  test("OR-02 values are judged before anything runs", async () => {
    const runbook = await parse(
      page(
        "## 1 A\n```sh id=a\n:\n```\n",
        "params:\n  how-many: {type: integer, min: 1, max: 8, summary: n}\n  side: {type: choice, choices: [buy, sell], default: buy, summary: s}\n  who: {type: text, default: ada, summary: w}\n",
      ),
    );
    expect(runVariables(runbook, { "how-many": "3" })).toEqual({ HOW_MANY: "3", SIDE: "buy", WHO: "ada" });
    const refusals: [Record<string, string>, string][] = [
      [{}, "how-many has to be given"],
      [{ "how-many": "9" }, "how-many is not valid"],
      [{ "how-many": "3; rm -rf /" }, "how-many is not valid"],
      [{ "how-many": "3", side: "both" }, "side is not valid"],
      [{ "how-many": "3", who: "--force" }, "who is not valid"],
      [{ "how-many": "3", who: "a\nb" }, "who is not valid"],
      [{ "how-many": "3", who: "$(id)" }, "who is not valid"],
      [{ "how-many": "3", who: "x".repeat(201) }, "who is not valid"],
      [{ "how-many": "3", path: "/tmp" }, "takes no parameter path"],
    ];
    for (const [given, words] of refusals) expect(() => runVariables(runbook, given)).toThrow(words);
  });
});
