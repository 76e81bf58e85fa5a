import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { changeServices } from "./change-services.ts";
import type { DeskOutcome, DeskRequest } from "./desk-request.ts";

export interface RequestPorts {
  readonly stack: StackControl;
  readonly clock: Clock;
}

/** As long as the command line waits by default. */
const TIMEOUT_MS = 60_000;

/** Does what a person at the console asked for, by the same actions as the command line. */
export async function carryOutRequest(request: DeskRequest, { stack, clock }: RequestPorts): Promise<DeskOutcome> {
  switch (request.kind) {
    case "restart":
    case "stop":
    case "start": {
      const options = { clock, wait: true, timeoutMs: TIMEOUT_MS };
      const views = await changeServices(stack, request.kind, [request.instance], options);
      const states = views.map(({ instance, state }) => `${instance} is ${state}`);
      return { text: `${request.kind}: ${states.join(", ")}`, mood: "good" };
    }
    case "kill":
    case "arm":
      throw new OperatorError(`ttt ${request.kind} is not here yet.`, { exit: "notFound", code: "KILL_ABSENT" });
  }
}
