import { expect, test } from "vitest";
import { openPromClientMetrics } from "../../../src/adapters/telemetry/prom-client-metrics.ts";
import { parsePrometheusText } from "../../../src/adapters/telemetry/prometheus-text.ts";

test("OB-04 what a daemon shows is read back, odd labels too", async () => {
  const metrics = await openPromClientMetrics("worker");
  const partition = 'a "quoted"\\odd, {name}=1\nof two lines';
  metrics.set("ttt_trading_level", { partition }, 2);
  metrics.observe("ttt_kill_propagation_seconds", {}, 0.003);
  const samples = parsePrometheusText(await metrics.render(), "worker-1");
  const named = (name: string) => samples.filter((one) => one.name === name);
  expect(named("ttt_trading_level")).toEqual([
    { name: "ttt_trading_level", labels: { partition }, value: 2, instance: "worker-1" },
  ]);
  expect(named("ttt_kill_propagation_seconds_bucket").at(-1)).toMatchObject({ labels: { le: "+Inf" }, value: 1 });
  expect(named("ttt_kill_propagation_seconds_sum")).toMatchObject([{ value: 0.003 }]);
});

test.each([
  ["a +Inf", Number.POSITIVE_INFINITY],
  ["a -Inf", Number.NEGATIVE_INFINITY],
  ["a NaN", Number.NaN],
  ["a 1.5e-7 1700000000000", 1.5e-7],
])("OB-04 %s is read as %d", (line, value) => {
  expect(parsePrometheusText(`# TYPE a gauge\n${line}\n\n`, "x")).toEqual([
    { name: "a", labels: {}, value, instance: "x" },
  ]);
});
