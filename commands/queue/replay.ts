import { Args } from "@oclif/core";
import { planReplay, replayJobs } from "../../src/actions/jobs/replay-jobs.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withStores } from "../../src/cli/open-stores.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

export default class QueueReplay extends TttCommand<{
  readonly replayed: readonly string[];
  readonly planned?: readonly string[];
}> {
  static override readonly summary = "Let ended jobs run again: the named ones, or every dead one";
  static override readonly description =
    "A replayed job starts with all its attempts anew and keeps its id; the journal says who asked for it.";
  static override readonly examples = [
    "<%= config.bin %> queue replay",
    "<%= config.bin %> queue replay job-0123456789abcdef",
  ];
  static override readonly strict = false;
  static override readonly effect = "mutate";
  static override readonly args = { job: Args.string({ description: "jobs; every dead one when left out" }) };

  static override readonly flags = { ...dryRunFlag };

  async run() {
    const { argv, flags } = await this.parse(QueueReplay);
    return withStores("ttt queue replay", async ({ jobs, openQueue, journal, command }) => {
      if (flags["dry-run"]) {
        const planned = await planReplay(argv.map(String), jobs);
        this.log(planned.length === 0 ? "there is nothing to replay" : `would replay ${planned.join(", ")}`);
        return { replayed: [], planned };
      }
      const queue = await openQueue();
      try {
        const replayed = (await replayJobs(argv.map(String), { jobs, queue })).map(({ id }) => id);
        await journal.append({ kind: "jobs.replayed", ...command, body: { jobs: replayed } });
        this.log(replayed.length === 0 ? "there was nothing to replay" : `to run again: ${replayed.join(", ")}`);
        return { replayed };
      } finally {
        await queue.close();
      }
    });
  }
}
