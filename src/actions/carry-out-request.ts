import type { Clock } from "../core/clock.ts";
import type { Role } from "../ops/role.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { changeServices } from "./change-services.ts";
import type { DeskOutcome, DeskRequest } from "./desk-request.ts";
import { type ArmReport, armTrading } from "./kill/arm-trading.ts";
import { engageKillSwitch } from "./kill/engage-kill-switch.ts";
import type { KillReport } from "./kill/kill-report.ts";
import type { KillSwitchPorts } from "./kill/kill-switch-ports.ts";
import { heldScopes } from "./kill/next-steps.ts";

export interface RequestPorts {
  readonly stack: StackControl;
  readonly clock: Clock;
  /** Opens the kill switch for one command and closes it whatever happens. */
  readonly withKillSwitch: <T>(work: (access: KillSwitchAccess) => Promise<T>) => Promise<T>;
}

export interface KillSwitchAccess {
  readonly ports: KillSwitchPorts;
  readonly operator: { readonly actor: string; readonly origin: string; readonly role: Role };
  readonly commandId: string;
}

type Kill = Extract<DeskRequest, { kind: "kill" }>;
type Arm = Extract<DeskRequest, { kind: "arm" }>;

/** As long as the command line waits by default. */
const CHANGE_TIMEOUT_MS = 60_000;
const ACK_TIMEOUT_MS = 4_000;
const ACTION_TIMEOUT_MS = 15_000;

/** Does what a person at the console asked for, by the same actions as the command line. */
export async function carryOutRequest(request: DeskRequest, ports: RequestPorts): Promise<DeskOutcome> {
  switch (request.kind) {
    case "kill":
      return killOutcome(await ports.withKillSwitch((access) => kill(request, access)));
    case "arm": {
      return armOutcome(await ports.withKillSwitch((access) => arm(request, access)));
    }
    case "restart":
    case "stop":
    case "start": {
      const options = { clock: ports.clock, wait: true, timeoutMs: CHANGE_TIMEOUT_MS };
      const views = await changeServices(ports.stack, request.kind, [request.instance], options);
      const states = views.map(({ instance, state }) => `${instance} is ${state}`);
      return { text: `${request.kind}: ${states.join(", ")}`, mood: "good" };
    }
  }
}

function kill({ scope, reach, reason }: Kill, { ports, operator, commandId }: KillSwitchAccess): Promise<KillReport> {
  return engageKillSwitch(ports, {
    commandId,
    scope,
    level: "BLOCK",
    cancel: reach !== "block",
    flatten: reach === "flatten",
    reason,
    ...operator,
    ackTimeoutMs: ACK_TIMEOUT_MS,
    actionTimeoutMs: ACTION_TIMEOUT_MS,
  });
}

function arm({ scope, reason }: Arm, { ports, operator, commandId }: KillSwitchAccess) {
  return armTrading(ports, { commandId, scope, reason, ...operator });
}

function armOutcome(report: ArmReport): DeskOutcome {
  if (report.outcome === "armed") {
    const held = heldScopes(report.status).join(", ");
    const rest = held === "" ? "" : `; still held: ${held}`;
    return { text: `${report.scope} is armed, epoch ${report.epoch}${rest}`, mood: held === "" ? "good" : "bad" };
  }
  return { text: `a second person must approve: ttt arm --approve ${report.request}`, mood: "bad" };
}

function killOutcome({ verdict, scope, level, epoch, workers, ordersAfter, doubts }: KillReport): DeskOutcome {
  const acknowledged = workers.filter(({ by }) => by !== "none").length;
  const left = ordersAfter === undefined ? "venue not seen" : `${ordersAfter} open orders`;
  const facts = `${scope} is at ${level}, epoch ${epoch ?? "unknown"}, ${acknowledged}/${workers.length} workers, ${left}`;
  if (verdict === "verified") return { text: `KILLED, verified: ${facts}`, mood: "good" };
  return { text: `KILL ${verdict.toUpperCase()}: ${facts}. ${doubts.join("; ")}`, mood: "bad" };
}
