import { LIMITS } from "../../trading/risk/limits.ts";
import { CHECKS, codeTable } from "../../trading/risk/registry.ts";

const WHEN_REDUCING = {
  apply: "applies",
  known: "a missing input is forgiven",
  skip: "is left out",
};

/** The registry as a page of documentation: all checks, every code with an anchor of its own, and the limits. */
export function riskCodesMarkdown(): string {
  return [
    "# Risk codes",
    "",
    "Generated from the registry of checks by `npm run build`; change the check, not this page. `ttt risk codes --json`",
    "is the same for programs, and `ttt risk explain ORDER` shows what each check said of one order. A check says pass,",
    "deny or unknown: unknown means that something it needs is missing, and denies whatever adds risk.",
    "",
    "## Checks",
    "",
    "| Check | Name | Makes sure that | An order that only reduces |",
    "|---|---|---|---|",
    ...CHECKS.map(
      ({ id, name, summary, whenReducing }) =>
        `| ${id} | ${name} | ${cell(summary)} | ${WHEN_REDUCING[whenReducing]} |`,
    ),
    "",
    "## Codes",
    "",
    "| Code | Check | Meaning |",
    "|---|---|---|",
    ...codeTable().map(
      ({ code, check, name, meaning }) => `| <a id="${code}"></a>\`${code}\` | ${check} ${name} | ${cell(meaning)} |`,
    ),
    "",
    "## Limits",
    "",
    "`ttt risk limits list` shows their values, `ttt risk limits set NAME=VALUE` changes one. Over all scopes of an order",
    "the strictest value holds.",
    "",
    "| Limit | Unit | Stricter is | |",
    "|---|---|---|---|",
    ...Object.entries(LIMITS).map(
      ([name, { unit, side, summary }]) =>
        `| \`${name}\` | ${unit === "micros" ? "currency" : unit} | ${side === "ceiling" ? "lower" : "higher"} | ${cell(summary)} |`,
    ),
    "",
  ].join("\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
