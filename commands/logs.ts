import { Args, Flags } from "@oclif/core";
import { checkLogNames } from "../src/actions/check-log-names.ts";
import { type LogLevel, type LogRecord, logFilter } from "../src/actions/filter-logs.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openLogs } from "../src/cli/open-logs.ts";
import { logLine } from "../src/cli/present/log-line.ts";
import { untilInterrupted } from "../src/cli/until-interrupted.ts";

export default class Logs extends TttCommand<{ readonly lines: readonly LogRecord[] }> {
  static override readonly summary = "Show and follow the logs of the services";
  static override readonly description =
    "Lines of all services (or of those that are named) in the order of their time, the newest at the end. Works whether or not the stack runs. With --follow and --json each line is one JSON object with a sequence number; a reader that is too slow is told how many lines it missed, the services are never held up.";
  static override readonly examples = [
    "<%= config.bin %> logs",
    "<%= config.bin %> logs worker api --since 10m --level warn",
    "<%= config.bin %> logs -f --grep 'order .* rejected'",
    "<%= config.bin %> logs postgres --lines 50 --json",
  ];
  static override readonly strict = false;
  static override readonly args = { service: Args.string({ description: "services or instances; all when left out" }) };
  static override readonly flags = {
    follow: Flags.boolean({ char: "f", default: false, description: "go on with what is written from now on" }),
    since: Flags.string({ description: "not older than: 30s, 10m, 2h, 1d, or an ISO time" }),
    until: Flags.string({ description: "not newer than, in the same words" }),
    grep: Flags.string({ description: "regular expression over message and context" }),
    level: Flags.option({ options: ["debug", "info", "warn", "error"] as const })({
      default: "info",
      description: "the least level",
    }),
    lines: Flags.integer({ char: "n", default: 200, min: 0, max: 100_000, description: "how many of the newest" }),
  };

  #streamed = false;

  /** A stream of lines ends without an envelope: each line was one already. */
  override logJson(json: unknown): void {
    if (!this.#streamed) super.logJson(json);
  }

  async run() {
    const { flags, argv } = await this.parse(Logs);
    const { logs, clock, services } = await openLogs();
    const names = argv.map(String);
    checkLogNames(names, [...services, ...logs.instances()]);
    const level: LogLevel = flags.level;
    const keep = logFilter({ level, since: flags.since, until: flags.until, grep: flags.grep }, clock.now());
    const lines = await logs.read(names, keep, flags.lines);
    if (!flags.follow) {
      for (const line of lines) this.log(logLine(line));
      return { lines };
    }
    let sequence = 0;
    const show = (records: readonly LogRecord[]) => {
      for (const record of records) {
        sequence += 1;
        const text = this.jsonEnabled() ? JSON.stringify({ sequence, ...record }) : logLine(record);
        process.stdout.write(`${text}\n`);
      }
    };
    show(lines);
    let told = 0;
    const onRecords = (records: readonly LogRecord[], dropped: number) => {
      if (dropped > told) process.stderr.write(`… about ${dropped - told} lines left out: this reader is too slow\n`);
      told = dropped;
      show(records);
    };
    this.#streamed = true;
    await logs.follow(names, keep, onRecords, untilInterrupted());
    return { lines: [] };
  }
}
