import { stackServices } from "../ops/stack.ts";
import { openStackLogs } from "../runtime/log-files.ts";
import { stackShape } from "../runtime/stack-shape.ts";
import { systemClock } from "../runtime/system-clock.ts";
import { loadWhatHolds } from "./load-what-holds.ts";

/** The stack's logs, for a command. They can be read whether or not anything runs. */
export async function openLogs() {
  const config = await loadWhatHolds();
  const services = ["supervisor", ...stackServices(stackShape(config)).map(({ name }) => name)];
  return { logs: openStackLogs(config), clock: systemClock, services };
}
