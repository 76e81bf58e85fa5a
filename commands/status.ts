import { Flags } from "@oclif/core";
import { awaitHealth } from "../src/actions/await-health.ts";
import { readHostLoss } from "../src/actions/read-host-loss.ts";
import { readStatus } from "../src/actions/read-status.ts";
import { type ApiFlags, apiFlags } from "../src/cli/api-flags.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openRunningStack } from "../src/cli/open-stack.ts";
import { servicesTable } from "../src/cli/present/services.ts";
import { reportChanges } from "../src/cli/progress.ts";
import { timeoutFlag } from "../src/cli/wait-flags.ts";
import { EXIT_CODES } from "../src/core/exit-codes.ts";
import { judgeStack, type StackSnapshot } from "../src/ops/stack-feed.ts";
import type { HostLoss } from "../src/trading/host-loss.ts";

export default class Status extends TttCommand<StackSnapshot & { readonly hostLoss?: HostLoss }> {
  static override readonly summary = "Show every service and how it stands";
  static override readonly description =
    "Ends with 0 when everything that should run is ready or on its way, 20 when something is failed, hung, degraded or quarantined, 13 when nothing runs. Beneath it: which orders stay live at the venue if this host dies now. When the supervisor was killed but its services go on, this starts a new one that takes them over. With --wait it returns when everything is ready, or as soon as something cannot become ready by itself; 15 when the time ran out on the way.";
  static override readonly examples = [
    "<%= config.bin %> status",
    "<%= config.bin %> status --wait --timeout 120",
    "<%= config.bin %> status --api https://desk.example:8443 --json",
  ];

  static override readonly flags = {
    ...apiFlags,
    wait: Flags.boolean({ default: false, exclusive: ["api"], description: "return only when everything is ready" }),
    ...timeoutFlag,
  };

  async run() {
    const { flags } = await this.parse(Status);
    const { stack, clock, workers } = await openRunningStack();
    let snapshot = flags.api === undefined ? await readStatus(stack) : await statusThere(flags);
    if (flags.wait) {
      const onChange = reportChanges(this.jsonEnabled());
      snapshot = await awaitHealth(stack, { clock, timeoutMs: flags.timeout * 1000, onChange });
    }
    for (const line of servicesTable(snapshot.instances, clock.now())) this.log(line);
    const hostLoss = flags.api === undefined ? await readHostLoss(workers) : undefined;
    if (hostLoss !== undefined) this.log(hostLoss.words);
    const { kind } = judgeStack(snapshot.instances);
    if (kind === "unhealthy") this.exitWith(EXIT_CODES.unhealthy.code);
    else if (flags.wait && kind === "starting") this.exitWith(EXIT_CODES.timeout.code);
    return { ...snapshot, ...(hostLoss && { hostLoss }) };
  }
}

/** What speaks to another host is loaded only when it is asked for. */
async function statusThere(flags: ApiFlags): Promise<StackSnapshot> {
  const { openApi } = await import("../src/cli/elsewhere/open-api.ts");
  return (await (await openApi(flags)).listServices()) as object as StackSnapshot;
}
