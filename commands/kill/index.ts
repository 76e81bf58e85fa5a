import { Flags, type Interfaces } from "@oclif/core";
import type { KillReport, KillVerdict } from "../../src/actions/kill/kill-report.ts";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { interruptSignal } from "../../src/cli/interrupt.ts";
import { reasonFlag, reasonOf } from "../../src/cli/kill-reason.ts";
import { latchKill } from "../../src/cli/latch-kill.ts";
import { scopeFlag } from "../../src/cli/scope-flag.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";

const EXITS: Record<KillVerdict, number> = {
  verified: EXIT_CODES.ok.code,
  unacknowledged: EXIT_CODES.killUnacknowledged.code,
  "residual-orders": EXIT_CODES.killResidualOrders.code,
  "residual-position": EXIT_CODES.killResidualPosition.code,
  interrupted: EXIT_CODES.interrupted.code,
  "not-stored": EXIT_CODES.killNotStored.code,
};

type KillFlags = Interfaces.InferredFlags<typeof Kill.flags>;

export default class Kill extends TttCommand<KillReport> {
  static override readonly summary = "Stop trading, with evidence read back from the venue";
  static override readonly description =
    `Raises the level in every store that can be reached, tells the workers, waits for their acknowledgements, and then, if asked, withdraws orders and closes positions. The level stays until \`ttt arm\`, through every restart.

It asks nothing, and needs neither the API nor the supervisor; with --api it needs the API of the stack that it is to stop, and stops nothing of this host. Ends with 0 when all of it was seen to be done; 3 when a worker has not acknowledged; 4 when orders remain or the venue cannot be asked; 5 when a position remains; 6 when no store took it; 130 when it was interrupted and nothing is known to be left. After Ctrl-C it says what stands and what to do; the level stays.`;
  static override readonly examples = [
    "<%= config.bin %> kill --reason 'fat finger'",
    "<%= config.bin %> kill --reason emergency --cancel --flatten --json",
    "<%= config.bin %> kill --scope strategy:sma-cross --level REDUCE_ONLY --reason 'odd fills'",
    "<%= config.bin %> kill --reason emergency --api https://desk.example:8443",
  ];
  static override readonly effect = "dangerous";
  static override readonly flags = {
    ...scopeFlag,
    reason: reasonFlag("why, for the journal; needed, and `emergency` will do"),
    level: Flags.option({
      char: "l",
      options: ["BLOCK", "REDUCE_ONLY"] as const,
      default: "BLOCK" as const,
      description: "BLOCK lets no order out; REDUCE_ONLY lets positions be reduced. A weaker level never weakens",
    })(),
    cancel: Flags.boolean({ description: "withdraw every own order in scope, and prove it" }),
    flatten: Flags.boolean({ description: "withdraw orders, close the positions in scope, and then block" }),
    yes: Flags.boolean({ char: "y", description: "accepted for scripts: a kill never asks" }),
    timeout: Flags.integer({
      default: 15,
      min: 1,
      helpValue: "SECONDS",
      description: "how long withdrawing and closing may take, each",
    }),
    "ack-timeout": Flags.integer({
      default: 4_000,
      min: 0,
      helpValue: "MS",
      description: "how long the workers may take",
    }),
    ...apiFlags,
    "command-id": Flags.string({ description: "the same id again is the same kill", helpGroup: "SCRIPTS" }),
  };

  async run() {
    // From here on Ctrl-C ends the waiting, not the report.
    const signal = interruptSignal();
    const { flags } = await this.parse(Kill);
    const { scope, cancel, flatten } = flags;
    const reason = reasonOf(flags.reason, "ttt kill --reason emergency");
    // Closing positions needs exits to leave: the block follows when the venue shows flat.
    const level = flatten ? "REDUCE_ONLY" : flags.level;
    if (flags.api !== undefined) return this.#killThere(flags, reason, signal);
    const command = await latchKill({ scope, level, reason, commandId: flags["command-id"] });
    // Drivers and the rest take longer to load than the kill took to be set.
    const { withKillSwitch } = await import("../../src/cli/open-kill-switch.ts");
    const { engageKillSwitch } = await import("../../src/actions/kill/engage-kill-switch.ts");
    const { authorityPatienceMs } = await import("../../src/actions/kill/inquiry.ts");
    const { killReportLines } = await import("../../src/cli/present/kill.ts");
    return withKillSwitch(
      "ttt kill",
      async ({ ports }) => {
        const report = await engageKillSwitch(ports, {
          ...command,
          ...{ scope, reason, cancel, flatten },
          level: flags.level,
          ackTimeoutMs: flags["ack-timeout"],
          actionTimeoutMs: flags.timeout * 1_000,
          signal,
        });
        return this.#conclude(report, killReportLines(report));
      },
      { exact: false, databaseMs: authorityPatienceMs(flags["ack-timeout"]) },
    );
  }

  /** At a stack elsewhere: nothing of this host is stopped. */
  async #killThere(flags: KillFlags, reason: string, signal: AbortSignal): Promise<KillReport> {
    const { killThere } = await import("../../src/cli/elsewhere/kill.ts");
    const { killReportLines } = await import("../../src/cli/present/kill.ts");
    const { scope, level, cancel, flatten } = flags;
    const timeouts = { ackTimeoutMs: flags["ack-timeout"], actionTimeoutMs: flags.timeout * 1_000 };
    const wish = { scope, level, reason, cancel, flatten, ...timeouts };
    const report = await killThere(flags, wish, { key: flags["command-id"], signal });
    return this.#conclude(report, killReportLines(report));
  }

  #conclude(report: KillReport, lines: readonly string[]): KillReport {
    for (const line of lines) this.log(line);
    this.exitWith(EXITS[report.verdict]);
    return report;
  }
}
