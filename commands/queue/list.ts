import { Flags } from "@oclif/core";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withStores } from "../../src/cli/open-stores.ts";
import { jobsTable } from "../../src/cli/present/jobs.ts";
import { JOB_STATES, type Job, type JobState } from "../../src/ops/job.ts";

export default class QueueList extends TttCommand<{
  readonly counts: Readonly<Record<JobState, number>>;
  readonly jobs: readonly Omit<Job, "spec">[];
}> {
  static override readonly summary = "List jobs, newest first, and how many are in each state";
  static override readonly description =
    "A failed job failed by itself and would again; a dead one lost all its attempts to its surroundings: see `ttt queue replay`.";
  static override readonly examples = [
    "<%= config.bin %> queue list",
    "<%= config.bin %> queue list --state dead --json",
  ];
  static override readonly flags = {
    state: Flags.option({
      options: JOB_STATES,
      multiple: true,
      description: "only these; several times for several",
    })(),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "how many" }),
  };

  async run() {
    const { flags } = await this.parse(QueueList);
    return withStores("ttt queue list", async ({ jobs, clock }) => {
      const [counts, found] = await Promise.all([
        jobs.counts(),
        jobs.list({ ...(flags.state && { states: flags.state }), limit: flags.limit }),
      ]);
      for (const line of jobsTable(counts, found, clock.now())) this.log(line);
      return { counts, jobs: found.map(({ spec: _spec, ...job }) => job) };
    });
  }
}
