import { OperatorError } from "../../core/errors.ts";
import { BAR_ERRORS, type BarReport, describeIssue } from "./check-bars.ts";
import type { LayoutProblem } from "./csv-layout.ts";

/** Bars that must not be used: names the first bad place, and how many there are of each kind. */
export function badBars(source: string, report: BarReport): OperatorError {
  const first = report.issues.find((issue) => (BAR_ERRORS as readonly string[]).includes(issue.problem));
  const kinds = BAR_ERRORS.filter((kind) => report.counts[kind]).map((kind) => `${report.counts[kind]} ${kind}`);
  return new OperatorError(`${source}: ${first === undefined ? "bad bars" : describeIssue(first)}`, {
    exit: "badData",
    code: "BAD_BARS",
    expected: "finite prices in ascending order of time, high not below low",
    found: `${kinds.join(", ")} in ${report.rows} rows`,
    hint: `ttt data check ${source} lists them; ttt data import ${source} --repair repairs what can be repaired`,
  });
}

/** A file whose columns or times cannot be made out. */
export function badLayout(source: string, problem: LayoutProblem): OperatorError {
  return new OperatorError(`${source}: line ${problem.line}: ${problem.problem}.`, {
    exit: "badData",
    code: "BAD_LAYOUT",
    expected: problem.expected,
    found: problem.found,
  });
}
