import { describe, expect, test } from "vitest";
import { judge, KNOWN_ALERTS } from "../../src/ops/alert.ts";
import { type MetricSample, quantileOf } from "../../src/ops/metric-sample.ts";
import { rules } from "../support/observability.ts";

const sample = (
  name: string,
  value: number,
  labels: Record<string, string> = {},
  instance = "worker-1",
): MetricSample => ({
  name,
  value,
  labels,
  instance,
});
const fires = (...samples: MetricSample[]) =>
  judge({ source: "daemons", samples, silent: [] }).map(({ name, summary }) => `${name}: ${summary}`);

describe("OB-04 judging the daemons' figures without Prometheus", () => {
  test("OB-04 every condition is one of the rules, with the same severity", () => {
    const ruled = new Map(rules().flatMap(({ alert, labels }) => (alert ? [[alert, labels?.severity] as const] : [])));
    for (const [name, severity] of KNOWN_ALERTS) expect(ruled.get(name), name).toBe(severity);
    // These need a past: a rate, or a scraper that sees its targets go.
    const onlyOverTime = [...ruled.keys()].filter((name) => !KNOWN_ALERTS.has(name)).sort();
    expect(onlyOverTime).toEqual(["RejectStorm", "SupervisorMissing"]);
  });

  test("OB-04 a healthy stack has nothing to say", () => {
    expect(
      fires(
        sample("ttt_permit_age_seconds", 0.4),
        sample("ttt_permit_life_seconds", 2),
        sample("ttt_kill_epoch", 3),
        sample("ttt_kill_epoch", 3, {}, "api"),
        sample("ttt_trading_blocked", 0, { partition: "p" }),
        sample("ttt_http_requests_total", 100, { status: "200" }),
        sample("ttt_service_state", 1, { daemon: "api", state: "ready" }),
      ),
    ).toEqual([]);
  });

  test("OB-04 each condition is seen, worst first", () => {
    const alerts = fires(
      sample("ttt_permit_age_seconds", 7.25),
      sample("ttt_permit_life_seconds", 2),
      sample("ttt_kill_epoch", 3),
      sample("ttt_kill_epoch", 4, {}, "api"),
      sample("ttt_trading_blocked", 1, { partition: "sma@BTC" }),
      sample("ttt_market_tick_age_seconds", 31, { instrument: "BTC" }),
      sample("ttt_service_state", 1, { daemon: "backtester-1", state: "quarantined" }, "supervisor"),
      sample("ttt_http_requests_total", 90, { status: "200" }, "api"),
      sample("ttt_http_requests_total", 10, { status: "503" }, "api"),
      sample("ttt_redis_memory_used_bytes", 81, {}, "api"),
      sample("ttt_redis_memory_limit_bytes", 100, {}, "api"),
      sample("ttt_dead_man_seconds", 29.9, { partition: "sma@BTC" }),
      sample("ttt_kill_drill_age_seconds", 31 * 86_400, {}, "api"),
    );
    expect(alerts).toEqual([
      "CrashLoop: backtester-1 does not stay up",
      "EpochDisagreement: Not every process acts under the same epoch of the kill switch",
      "ErrorRate: 10.0% of the API's requests failed",
      "PermitAge: worker-1 has no permit: the last one is 7.3 s old",
      "DeadMansSwitchLapses: The venue withdraws the orders of sma@BTC in 29.9 s",
      "DrillOverdue: The kill switch was last used 31 days ago",
      "RedisMemory: Redis uses 81% of its memory",
      "StaleFeed: BTC is silent for 31.0 s",
      "TradingBlocked: sma@BTC takes no new risk",
    ]);
  });

  test("OB-04 a daemon that does not answer is down", () => {
    const silent = [{ instance: "worker-1", reason: "no listener" }];
    expect(judge({ source: "daemons", samples: [], silent })).toMatchObject([
      { name: "DaemonDown", severity: "critical" },
    ]);
  });
});

test.each([
  [0.25, 0.15],
  [0.5, 0.2],
  [0.95, 0.47],
  [1, 0.5],
])("OB-04 the quantile %f is %f: on the line inside its bucket", (quantile, expected) => {
  const buckets = [
    { le: 0.1, count: 0 },
    { le: 0.2, count: 10 },
    { le: 0.5, count: 20 },
    { le: Number.POSITIVE_INFINITY, count: 20 },
  ];
  expect(quantileOf(buckets, quantile)).toBeCloseTo(expected, 10);
});

test("OB-04 nothing observed has no quantile", () => {
  expect(quantileOf([{ le: 1, count: 0 }], 0.95)).toBeNaN();
});
