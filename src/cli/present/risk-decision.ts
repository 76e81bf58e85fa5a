import type { ExplainedCheck, ExplainedDecision, ExplainedOrder } from "../../actions/risk/explain-order.ts";
import { table } from "./table.ts";

/** An order, the newest decision about it in full, and those before it by their codes. */
export function explainedOrderLines({ order, intent, decisions }: ExplainedOrder): string[] {
  const price = [intent?.limitPrice, intent?.stopPrice].filter((one) => one !== null && one !== undefined);
  const head =
    intent === undefined
      ? `${order} was never sent`
      : `${order}: ${intent.side} ${intent.quantity} ${intent.instrument} ${intent.type}${price.length > 0 ? ` at ${price.join(" stop ")}` : ""}, ${intent.strategy} on ${intent.account} at ${intent.venue}: ${intent.state}, ${intent.filled} filled`;
  const [newest, ...before] = decisions;
  return [
    head,
    ...(newest === undefined ? [] : ["", ...decisionLines(newest)]),
    ...(before.length === 0 ? [] : ["", "before that, under the same id:"]),
    ...before.map(({ at, allowed, code }) => `  ${instant(at)} ${allowed ? "allowed" : `DENIED ${code ?? ""}`}`),
  ];
}

function decisionLines(decision: ExplainedDecision): string[] {
  const { allowed, code, meaning, at, partition, limitsVersion, epoch, token, buildHash, checks } = decision;
  return [
    `${allowed ? "allowed" : `DENIED ${code ?? ""}: ${meaning ?? ""}`}`,
    `  ${instant(at)}, ${partition}, limits version ${limitsVersion}, epoch ${epoch}, token ${token}, build ${buildHash}`,
    "",
    ...table(
      ["CHECK", "NAME", "SAYS", "VALUES"],
      checks.map((check) => [check.check, check.name, saysOf(check), valuesOf(check)]),
    ),
  ];
}

const saysOf = ({ verdict, overridden }: ExplainedCheck) =>
  verdict.kind === "PASS" ? "pass" : `${verdict.kind} ${verdict.code}${overridden ? " (overridden)" : ""}`;

const valuesOf = ({ verdict }: ExplainedCheck) =>
  Object.entries(("values" in verdict ? verdict.values : undefined) ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");

const instant = (wall: number) => new Date(wall).toISOString();
