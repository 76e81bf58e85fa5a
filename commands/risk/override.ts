import { Args, Flags } from "@oclif/core";
import { overrideLimit } from "../../src/actions/risk/override-limit.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { durationFlag } from "../../src/cli/duration-flag.ts";
import { withRisk } from "../../src/cli/open-risk.ts";

export default class RiskOverride extends TttCommand<Awaited<ReturnType<typeof overrideLimit>>> {
  static override readonly summary = "Let one denied order pass one soft limit, on record";
  static override readonly description =
    "The strategy's next try under the same id passes the limit that denied it, if it is over by no more than before (5% of its size is forgiven to moving prices). Everything else still applies. Hard limits cannot be overridden.";
  static override readonly examples = [
    "<%= config.bin %> risk override ttt-0a1b2c3d4e5f-1z --reason 'agreed with the desk'",
    "<%= config.bin %> risk override ttt-0a1b2c3d4e5f-1z --for 15m --reason agreed --json",
  ];
  static override readonly effect = "dangerous";
  static override readonly args = {
    order: Args.string({ required: true, description: "the id of the denied order, from ttt risk denials" }),
  };
  static override readonly flags = {
    code: Flags.string({ char: "c", description: "which denial; the one that decided when left out" }),
    reason: Flags.string({ char: "r", required: true, description: "why, for the journal" }),
    for: durationFlag({
      default: 300_000,
      defaultHelp: async () => "5m",
      description: "how long it may be used, once",
    }),
  };

  async run() {
    const { args, flags } = await this.parse(RiskOverride);
    const { code, reason } = flags;
    const wish = { order: args.order, reason, lastsMs: flags.for, ...(code !== undefined && { code }) };
    return withRisk("ttt risk override", async ({ ports, command }) => {
      const done = await overrideLimit(ports, wish, command);
      this.log(`${done.order} may pass ${done.code} once, until ${new Date(done.expires).toISOString()}`);
      return done;
    });
  }
}
