import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { riskCodesMarkdown } from "../../src/cli/present/risk-codes-markdown.ts";
import { CHECKS, codeTable, type RiskCode } from "../../src/trading/risk/registry.ts";

describe("the table of risk codes", () => {
  test("RC-06 docs/risk-codes.md is what the registry says", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/risk-codes.md"), "utf8");
    expect(page, "npm run build writes it anew").toBe(riskCodesMarkdown());
  });

  test("RC-06 every check, code and anchor is on the page, and no code means two things", () => {
    const page = riskCodesMarkdown();
    for (const { id, name } of CHECKS) expect(page).toContain(`| ${id} | ${name} |`);
    const codes = codeTable().map(({ code }) => code);
    for (const code of codes) expect(page).toContain(`<a id="${code}"></a>`);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test("RC-06 the compiler knows the codes of the registry", () => {
    const known: RiskCode = "QUANTITY_ABOVE_LIMIT";
    // @ts-expect-error there is no such code
    const unknown: RiskCode = "QUANTITY_TOO_PRETTY";
    const codes: string[] = codeTable().map(({ code }) => code);
    expect(codes).toContain(known);
    expect(codes).not.toContain(unknown);
  });
});
