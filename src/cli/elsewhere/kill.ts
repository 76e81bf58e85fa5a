import { randomUUID } from "node:crypto";
import type { ArmReport } from "../../actions/kill/arm-trading.ts";
import type { KillReport } from "../../actions/kill/kill-report.ts";
import type { KillStatus } from "../../actions/kill/read-kill-status.ts";
import { OperatorError } from "../../core/errors.ts";
import { reportIn } from "../../runtime/stack-elsewhere.ts";
import type { Level } from "../../trading/level.ts";
import type { Scope } from "../../trading/scope.ts";
import type { ApiFlags } from "../api-flags.ts";
import { openApi } from "./open-api.ts";

export interface KillWish {
  readonly scope: Scope;
  readonly level: Exclude<Level, "RUN">;
  readonly reason: string;
  readonly cancel: boolean;
  readonly flatten: boolean;
  readonly ackTimeoutMs: number;
  readonly actionTimeoutMs: number;
}

/** Looking, withdrawing, closing, withdrawing again, and what each waits for beside. */
const ACTIONS = 4;
const BESIDE_MS = 30_000;

/** Kills at a stack elsewhere, and returns the evidence that was read back there. */
export async function killThere(
  flags: ApiFlags,
  wish: KillWish,
  { key, signal }: { readonly key: string | undefined; readonly signal: AbortSignal },
): Promise<KillReport> {
  const api = await openApi(flags);
  const timeoutMs = 2 * wish.ackTimeoutMs + ACTIONS * wish.actionTimeoutMs + BESIDE_MS;
  try {
    const sent = { body: { ...wish }, idempotencyKey: key ?? randomUUID() };
    return asReport(await api.engageKillSwitch(sent, { signal, timeoutMs }));
  } catch (error) {
    if (signal.aborted) throw interrupted(flags);
    const report = reportIn(error);
    if (typeof report === "object" && report !== null && "verdict" in report) return asReport(report);
    throw error instanceof OperatorError && isInTheWay(error) ? withAnotherWay(error) : error;
  }
}

// The document describes each field; what it cannot say is that a scope is one of ours.
const asReport = (report: object): KillReport => report as KillReport;

export const killStatusThere = async (flags: ApiFlags): Promise<KillStatus> =>
  (await (await openApi(flags)).readKillSwitch()) as object as KillStatus;

export async function armThere(
  flags: ApiFlags,
  wish: { readonly scope: Scope; readonly reason: string } | { readonly approve: number },
): Promise<ArmReport> {
  const api = await openApi(flags);
  const report = "approve" in wish ? api.approveArm({ request: wish.approve }) : api.armTrading({ body: wish });
  return (await report) as object as ArmReport;
}

/** The API is away, or does not let this token in: neither is a reason for trading to go on. */
const isInTheWay = ({ details }: OperatorError) => details.retryable || details.exit === "unauthorized";

/** Whether it was killed is not known, and the API is not the only way. */
const withAnotherWay = ({ message, details }: OperatorError): OperatorError =>
  new OperatorError(message, {
    ...details,
    hint: `${details.exit === "unauthorized" && details.hint ? `${details.hint}; ` : ""}on a host of that stack \`ttt kill --reason emergency\` needs no API`,
  });

function interrupted({ api }: ApiFlags): OperatorError {
  return new OperatorError("Interrupted: the kill was sent, and what became of it is not known here.", {
    exit: "interrupted",
    code: "INTERRUPTED",
    expected: "its evidence",
    hint: `ttt kill status --api ${api}`,
  });
}
