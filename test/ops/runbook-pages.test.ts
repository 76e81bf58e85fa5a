import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readRunbook } from "../../src/actions/runbooks/read-runbook.ts";
import { fileRunbookShelf } from "../../src/adapters/files/file-runbook-shelf.ts";
import { KNOWN_ALERTS } from "../../src/ops/alert.ts";
import { SYMPTOMS } from "../../src/ops/doctor/cause.ts";
import { runbookFor } from "../../src/ops/incident/signal.ts";
import type { Runbook, ShellStep } from "../../src/ops/runbook.ts";
import { planRun } from "../../src/ops/runbook-plan.ts";

const root = join(import.meta.dirname, "..", "..");
const shelf = fileRunbookShelf([join(root, "docs", "runbooks")]);
const names = await shelf.names();
const runbooks = new Map<string, Runbook>();
for (const name of names) runbooks.set(name, (await readRunbook({ shelf }, name)).runbook);

const shells = (runbook: Runbook) =>
  [...runbook.steps, ...runbook.asides].filter((step): step is ShellStep => step.kind === "shell");

describe("OR-03 the pages of docs/runbooks", () => {
  test("OR-03 there is one for every section of the production runbook", () => {
    expect(names).toEqual(
      expect.arrayContaining([
        ...["health-verification", "startup", "monitoring", "scale-workers", "migrate", "upgrade", "rotate-secrets"],
        ...["api-500s", "no-metrics", "worker-crash", "high-latency", "redis-memory"],
        ...["incident-response", "kill-and-rearm", "disaster", "contacts"],
      ]),
    );
  });

  test("OR-03 each of the five symptoms of the doctor has one that says so", () => {
    for (const symptom of ["api-500s", "no-metrics", "worker-crash", "high-latency", "redis-memory"] as const) {
      expect(runbooks.get(symptom)?.symptom).toBe(symptom);
      expect(SYMPTOMS).toHaveProperty(symptom);
    }
    for (const { symptom, name } of runbooks.values())
      if (symptom !== null) expect(SYMPTOMS, name).toHaveProperty(symptom);
  });

  test("OR-03 every runbook that an alert names is there", () => {
    for (const alert of KNOWN_ALERTS.keys()) expect(names, alert).toContain(runbookFor(alert));
  });

  test("OR-03 every command that a step types is a command of ttt", () => {
    const commands = new Set(
      globSync("**/*.ts", { cwd: join(root, "commands") }).map((path) =>
        path.replace(/(\/index)?\.ts$/, "").replaceAll("/", " "),
      ),
    );
    const topics = new Set([...commands].map((command) => command.split(" ")[0]));
    for (const runbook of runbooks.values()) {
      for (const { script, when, id } of shells(runbook)) {
        for (const [, words = ""] of `${script}\n${when ?? ""}`.matchAll(
          /(?:^|[;&|(]|\bif |\bdo |\b! |" )\s*ttt ((?:[a-z][a-z-]*(?: |$|\n)?){0,2})/gm,
        )) {
          const [first = "", second = ""] = words.trim().split(/\s+/);
          if (first === "") continue;
          const known = commands.has(`${first} ${second}`) || commands.has(first);
          expect(known && topics.has(first), `${runbook.name}/${id}: ttt ${first} ${second}`).toBe(true);
        }
      }
    }
  });

  test("OR-03 every section and runbook that a page refers to is there", () => {
    for (const runbook of runbooks.values()) {
      const texts = [
        ...shells(runbook).map(({ remedy, script }) => `${remedy ?? ""}\n${script}`),
        ...runbook.steps.map((step) => (step.kind === "person" ? step.text : "")),
      ];
      for (const [, name = "", section] of texts
        .join("\n")
        .matchAll(/ttt runbook run ([a-z0-9-]+)(?:[^`\n]*--section ([\d.]+\d))?/g)) {
        const target = runbooks.get(name);
        expect(target, `${runbook.name} refers to ${name}`).toBeDefined();
        if (section !== undefined) expect(planRun(target!, { sections: [section] }).length).toBeGreaterThan(0);
      }
    }
  });

  test("OR-03 what a step wants to change it asks for, takes back, or is harmless to do twice", () => {
    const dangerous = /^\s*(?:redis-cli .* unlink|ttt (?:kill (?!status|drill)|arm |down ))/m;
    for (const runbook of runbooks.values()) {
      for (const step of runbook.steps) {
        if (step.kind !== "shell" || !dangerous.test(step.script)) continue;
        expect(step.confirm !== null || runbook.name === "disaster", `${runbook.name}/${step.id}`).toBe(true);
      }
    }
  });

  test("OR-01 a page is readable without ttt: it is plain Markdown that names its own commands", () => {
    for (const name of names) expect(existsSync(join(root, "docs", "runbooks", `${name}.md`))).toBe(true);
  });
});
