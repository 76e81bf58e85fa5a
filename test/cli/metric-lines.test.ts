import { expect, test } from "vitest";
import { metricLines } from "../../src/cli/present/observatory.ts";

const sample = (value: number) => ({ name: "ttt_x", labels: {}, instance: "api", value });
const shown = (...values: number[]) =>
  metricLines({ source: "daemons", samples: values.map(sample), silent: [] })
    .slice(1)
    .map((line) => line.split(/\s+/).at(-1));

test("OB-04 figures are short, and large ones keep every digit before the point", () => {
  expect(shown(3, 0.123456789, 1_795_412_627.347, -2_000_000.4, 118_145_024)).toEqual([
    "3",
    "0.123457",
    "1795412627",
    "-2000000",
    "118145024",
  ]);
});

test("OB-04 that nothing has the name is said", () => {
  const silent = [{ instance: "api", reason: "it hangs" }];
  expect(metricLines({ source: "daemons", samples: [], silent })).toEqual([
    "No metric of that name and instance.",
    "api does not answer: it hangs",
  ]);
});
