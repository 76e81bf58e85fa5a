// The console on a stack that exists only as messages: what the terminal tests and the benches start.
// argv[2] is JSON: SyntheticOptions and what to do beside it.
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { openConsole } from "../../src/console/open-console.tsx";
import { type SyntheticOptions, SyntheticStack } from "./synthetic-stack.ts";

interface Options extends SyntheticOptions {
  /** Logs a line that would take over a terminal that obeys it. */
  readonly hostile?: boolean;
  /** Says how much processor time it took, on standard error, when it ends. */
  readonly report?: boolean;
}

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const stack = new SyntheticStack(systemClock, options);
const before = process.cpuUsage();
// Throws where nothing catches it, as a defect would.
process.on("SIGUSR2", () => {
  throw new Error("a defect in a listener");
});
if (options.hostile) {
  setInterval(
    () => stack.log([{ message: "before\u001b[2J\u001b[1;1H\u001b]0;mine\u0007 after harmless" }]),
    200,
  ).unref();
}
await openConsole({
  feed: stack,
  clock: systemClock,
  stdin: process.stdin,
  stdout: process.stdout,
  async carryOut(request) {
    if (request.kind === "kill") {
      stack.setLevel("BLOCK", "console", request.reason);
      return { text: `killed ${request.scope}: 2 workers acknowledged, 0 orders left`, mood: "good" };
    }
    if ("scope" in request) stack.setLevel("RUN", "console", request.reason);
    else stack.setState(request.instance, request.kind === "stop" ? "stopped" : "starting", `asked to ${request.kind}`);
    return { text: `${request.kind} done`, mood: "good" };
  },
});
if (options.report) {
  const { user, system } = process.cpuUsage(before);
  console.error(JSON.stringify({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() }));
}
console.log("left the console");
process.exit(0);
