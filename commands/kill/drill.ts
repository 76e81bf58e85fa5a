import { Flags } from "@oclif/core";
import { type DrillReport, drillKillSwitch } from "../../src/actions/kill/drill-kill-switch.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withKillSwitch } from "../../src/cli/open-kill-switch.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";

export default class KillDrill extends TttCommand<DrillReport> {
  static override readonly summary = "Rehearse a kill on a strategy that nothing trades, and time it";
  static override readonly description =
    "Goes the whole way of a kill: every store, every worker, the journal, and the arm after it. Trading goes on. Ends with 20 when a store or a worker failed the rehearsal.";
  static override readonly examples = [
    "<%= config.bin %> kill drill",
    "<%= config.bin %> kill drill --rounds 200 --json",
  ];
  static override readonly effect = "mutate";
  static override readonly flags = {
    rounds: Flags.integer({ char: "n", default: 5, min: 1, max: 1_000, description: "how often" }),
    "ack-timeout": Flags.integer({
      default: 4_000,
      min: 0,
      helpValue: "MS",
      description: "how long the workers may take",
    }),
  };

  async run() {
    const { flags } = await this.parse(KillDrill);
    return withKillSwitch("ttt kill drill", async ({ ports, operator, commandId }) => {
      const { rounds, "ack-timeout": ackTimeoutMs } = flags;
      const report = await drillKillSwitch(ports, { commandId, rounds, ackTimeoutMs, ...operator });
      const { passed, workers, propagationMs: took, doubts } = report;
      this.log(`${passed} of ${rounds} rounds passed, ${workers} ${workers === 1 ? "worker" : "workers"}`);
      if (took !== undefined) {
        this.log(
          `propagated in ${took.median.toFixed(1)} ms (median), ${took.p99.toFixed(1)} ms (p99), ${took.max.toFixed(1)} ms (max)`,
        );
      }
      for (const doubt of doubts) this.log(`  ! ${doubt}`);
      if (passed < rounds) this.exitWith(EXIT_CODES.unhealthy.code);
      return report;
    });
  }
}
