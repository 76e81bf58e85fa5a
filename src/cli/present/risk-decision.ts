import type { ExplainedCheck, ExplainedDecision, ExplainedOrder } from "../../actions/risk/explain-order.ts";
import { describeLimitValue, isLimitName } from "../../trading/risk/limit-value.ts";
import type { LimitName } from "../../trading/risk/limits.ts";
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
      // What speaks against the order first: one such row must not be looked for among forty.
      [...checks.filter(speaksAgainst), ...checks.filter((check) => !speaksAgainst(check))].map((check) => [
        check.check,
        check.name,
        saysOf(check),
        valuesOf(check),
      ]),
    ),
  ];
}

const saysOf = ({ verdict, overridden }: ExplainedCheck) =>
  verdict.kind === "PASS" ? "pass" : `${verdict.kind} ${verdict.code}${overridden ? " (overridden)" : ""}`;

const speaksAgainst = ({ verdict }: ExplainedCheck) => verdict.kind !== "PASS";

/** What was seen against what is allowed, each limit in its own unit; what is no limit's as it is. */
function valuesOf({ verdict }: ExplainedCheck): string {
  const values = ("values" in verdict ? verdict.values : undefined) ?? {};
  const texts = Object.entries(values).map(([key, value]) => {
    const [, name = "", side] = /^(\w+)\.(observed|limit)$/.exec(key) ?? [];
    if (!isLimitName(name)) return AMOUNTS.has(key) ? `${key}=${Number(value) / 1e6}` : `${key}=${value}`;
    const observed = values[`${name}.observed`];
    if (observed === undefined) return `${name} allows ${said(name, value)}`;
    // Told once, where the limit stands.
    return side === "limit" ? `${name} ${said(name, observed)} of ${said(name, value)}` : "";
  });
  return texts.filter((text) => text !== "").join(", ");
}

/** Values of checks that are amounts of the account's currency without being limits. */
const AMOUNTS: ReadonlySet<string> = new Set(["free", "needed", "equity"]);

const said = (name: LimitName, value: unknown) =>
  typeof value === "number" ? describeLimitValue(name, Math.round(value * 1e4) / 1e4) : String(value);

const instant = (wall: number) => new Date(wall).toISOString();
