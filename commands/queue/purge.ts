import { Flags } from "@oclif/core";
import { TttCommand } from "../../src/cli/base-command.ts";
import { durationFlag } from "../../src/cli/duration-flag.ts";
import { withStores } from "../../src/cli/open-stores.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

const ENDED = ["succeeded", "failed", "cancelled", "dead"] as const;

export default class QueuePurge extends TttCommand<{ readonly purged: number; readonly dryRun: boolean }> {
  static override readonly summary = "Forget ended jobs with their results";
  static override readonly description =
    "Their rows and results are deleted for good, in one transaction. Jobs that wait or run are never touched.";
  static override readonly examples = [
    "<%= config.bin %> queue purge --state failed --state dead",
    "<%= config.bin %> queue purge --state succeeded --older-than 30d --dry-run",
  ];
  static override readonly effect = "dangerous";
  static override readonly flags = {
    state: Flags.option({
      options: ENDED,
      multiple: true,
      required: true,
      description: "which; several times for several",
    })(),
    "older-than": durationFlag({
      default: 0,
      defaultHelp: async () => "all",
      description: "only those that ended so long ago",
    }),
    ...dryRunFlag,
  };

  async run() {
    const { flags } = await this.parse(QueuePurge);
    return withStores("ttt queue purge", async ({ jobs, journal, clock, command }) => {
      const before = clock.now() - flags["older-than"];
      if (flags["dry-run"]) {
        const found = await jobs.list({ states: flags.state, limit: 1000 });
        const purged = found.filter(({ finishedAt = before }) => finishedAt < before).length;
        this.log(`would forget ${purged}${found.length === 1000 ? " or more" : ""} jobs`);
        return { purged, dryRun: true };
      }
      const purged = await jobs.purge(flags.state, before);
      await journal.append({ kind: "jobs.purged", ...command, body: { states: flags.state, before, purged } });
      this.log(`forgot ${purged} jobs`);
      return { purged, dryRun: false };
    });
  }
}
