import { Args } from "@oclif/core";
import { readTrace, type TraceReading } from "../src/actions/read-trace.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStackObservatory } from "../src/cli/open-observatory.ts";
import { traceLines } from "../src/cli/present/observatory.ts";

export default class Trace extends TttCommand<TraceReading> {
  static override readonly summary = "Show one piece of work across all processes, as a tree with times";
  static override readonly description =
    "Asks Tempo or Jaeger where the setting traces.url names one, else the daemons, which keep their latest spans while tracing is on (OTEL_EXPORTER_OTLP_ENDPOINT). The id stands in every log line of that work.";
  static override readonly examples = [
    "<%= config.bin %> trace 0af7651916cd43dd8448eb211c80319c",
    "<%= config.bin %> trace 0af7651916cd43dd8448eb211c80319c --json",
  ];
  static override readonly effect = "read";
  static override readonly args = {
    id: Args.string({ required: true, description: "the trace's id, or a whole traceparent" }),
  };

  async run() {
    const { args } = await this.parse(Trace);
    const { observatory } = await openStackObservatory();
    const trace = await readTrace(observatory, args.id);
    for (const line of traceLines(trace)) this.log(line);
    return trace;
  }
}
