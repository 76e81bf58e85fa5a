import { z } from "zod";
import { OperatorError } from "../../core/errors.ts";
import type { MetricReading } from "../../ops/metric-sample.ts";
import { getJson } from "./get-json.ts";
import { numberOf } from "./prometheus-text.ts";

const pair = z.tuple([z.number(), z.string()]);
const answerSchema = z.object({
  data: z.discriminatedUnion("resultType", [
    z.object({
      resultType: z.literal("vector"),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: pair })),
    }),
    z.object({ resultType: z.literal("scalar"), result: pair }),
    z.object({ resultType: z.enum(["matrix", "string"]), result: z.unknown() }),
  ]),
});

/** The value of an instant query now. */
export async function queryPrometheus(url: string, expression: string): Promise<MetricReading> {
  const path = `/api/v1/query?query=${encodeURIComponent(expression)}`;
  const { data } = answerSchema.parse(await getJson("prometheus", url, path));
  const source = { source: url, silent: [] };
  switch (data.resultType) {
    case "vector":
      return {
        ...source,
        samples: data.result.map(({ metric: { __name__: name = "", instance = "", ...labels }, value }) => ({
          name,
          labels,
          value: numberOf(value[1]),
          instance,
        })),
      };
    case "scalar":
      return { ...source, samples: [{ name: "", labels: {}, value: numberOf(data.result[1]), instance: "" }] };
    default:
      throw new OperatorError("That query gives no numbers of one moment.", {
        exit: "usage",
        code: "QUERY_KIND",
        expected: "an instant vector or a scalar",
        found: `a ${data.resultType}`,
        hint: "Leave out the range, or wrap it: rate(…[5m]).",
      });
  }
}
