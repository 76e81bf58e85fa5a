import { EXIT_CODES } from "../../core/exit-codes.ts";
import type { InstanceView } from "../instance.ts";
import type { FoundCause } from "./cause.ts";
import type { ApiAnswer, Facts } from "./facts.ts";

/** Slower than this is above what the API promises for its 95th percentile. */
const SLOW_ANSWER_MS = 200;
const IN_TROUBLE = ["failed", "quarantined", "hung", "degraded"];
const RECENTLY_MS = 300_000;
/** What PostgreSQL says when a statement does not fit the schema: no such table, column or function, no permission. */
const SQL_MISFIT =
  /relation ".*" does not exist|column .* does not exist|function .* does not exist|permission denied for/;

/** What is wrong with the configuration, the stack's processes, the API and trading. */
export function daemonCauses(facts: Facts, now: number): FoundCause[] {
  return [...configurationCauses(facts), ...stackCauses(facts, now), ...apiCauses(facts), ...tradingCauses(facts)];
}

function configurationCauses({ configuration, stack }: Facts): FoundCause[] {
  if (!("seen" in configuration) || configuration.seen.problem === null) return [];
  const { message, expected, found } = configuration.seen.problem;
  const crashed = "seen" in stack ? stack.seen.instances.filter((one) => endedBy(one, "configuration")) : [];
  return [
    {
      ...{
        id: "configuration.unusable",
        symptom: "worker-crash",
        severity: "critical",
        certainty: "certain",
        depth: 100,
      },
      title: `The configuration cannot be used: ${message.replace(/\.$/, "")}`,
      evidence: [
        ...(found === "" ? [] : [found]),
        ...(expected === "" ? [] : [`expected: ${expected}`]),
        ...crashed.map(({ instance, exitCode }) => `${instance} ended with ${exitCode}, a wrong configuration`),
      ],
      fix: ["worker-crash", "2"],
    },
  ];
}

function stackCauses({ stack, configuration }: Facts, now: number): FoundCause[] {
  if (!("seen" in stack)) {
    return [
      {
        ...{ id: "supervisor.silent", severity: "critical", certainty: "certain", depth: 95 },
        symptom: "supervision-lost",
        title: "The supervisor does not answer",
        evidence: [stack.unseen],
        fix: ["startup", "4"],
      },
    ];
  }
  if (!stack.seen.isRunning) {
    return [
      {
        ...{ id: "stack.down", symptom: "stack-down", severity: "critical", certainty: "certain", depth: 95 },
        title: "The stack is not running",
        evidence: ["no supervisor, and no process of this state directory"],
        fix: ["startup", "1"],
      },
    ];
  }
  const hasConfigurationFault = "seen" in configuration && configuration.seen.problem !== null;
  const { instances } = stack.seen;
  return instances.flatMap((view): FoundCause[] => {
    if (heldUpBy(view, instances)) return [];
    const heldUp = instances.filter((one) => heldUpBy(one, [view])).map(({ instance }) => instance);
    const words = stack.seen.lastWords[view.instance] ?? [];
    // The wrong configuration is a cause of its own; what it brought down needs no second one.
    if (!isInTrouble(view) || (hasConfigurationFault && endedBy(view, "configuration"))) return [];
    const restarts = Object.entries(view.restarts).flatMap(([why, times]) => (times > 0 ? [`${times} × ${why}`] : []));
    return [
      {
        id: `${view.service}.${view.state}`,
        symptom: view.service === "api" ? "api-500s" : "worker-crash",
        severity: "critical",
        certainty: "certain",
        depth: endedBy(view, "configuration") ? 85 : 50,
        title: titleOf(view),
        evidence: [
          ...words.slice(-2),
          ...(view.reason === "" ? [] : [view.reason]),
          ...(restarts.length === 0 ? [] : [`restarts: ${restarts.join(", ")}`]),
          ...(heldUp.length === 0 ? [] : [`waited for by ${heldUp.join(", ")}`]),
          `${view.state}${view.exitCode === null ? "" : `, last exit code ${view.exitCode}`}${now - view.since < RECENTLY_MS ? ", within the last five minutes" : ""}`,
        ],
        fix: endedBy(view, "configuration") ? ["worker-crash", "2"] : ["worker-crash", "3"],
      },
    ];
  });
}

/** One that cannot start because of another that is in trouble is evidence of that one's cause, not a cause of its own. */
function heldUpBy({ state, waitsFor, instance }: InstanceView, others: readonly InstanceView[]): boolean {
  if (state !== "failed" || waitsFor === null) return false;
  return others.some((one) => one.service === waitsFor.service && one.instance !== instance && isInTrouble(one));
}

function isInTrouble({ wanted, state, nextStartAt }: InstanceView): boolean {
  return wanted === "up" && (IN_TROUBLE.includes(state) || nextStartAt !== null);
}

function titleOf(view: InstanceView): string {
  if (endedBy(view, "configuration")) return `${view.instance} cannot start: its configuration is wrong`;
  if (view.state === "quarantined") return `${view.instance} crashed again and again and is not started any more`;
  if (view.state === "hung") return `${view.instance} hangs`;
  return `${view.instance} is ${view.state}`;
}

function apiCauses({ api, stack }: Facts): FoundCause[] {
  if (api === undefined) return [];
  if ("unseen" in api) {
    const shouldRun =
      "seen" in stack && stack.seen.instances.some(({ service, state }) => service === "api" && state === "ready");
    if (!shouldRun) return [];
    return [
      {
        ...{ id: "api.silent", symptom: "api-500s", severity: "critical", certainty: "certain", depth: 40 },
        title: "The API does not answer",
        evidence: [api.unseen],
        fix: ["api-500s", "4"],
      },
    ];
  }
  const { answers } = api.seen;
  const failed = answers.filter(({ status }) => status >= 500 || status === 0);
  const misfit = failed.find(({ reason }) => SQL_MISFIT.test(reason));
  const failing: FoundCause = {
    ...{ symptom: "api-500s", severity: "critical", certainty: "certain" },
    id: misfit === undefined ? "api.failing" : "api.bad-query",
    depth: misfit === undefined ? 30 : 60,
    title:
      misfit === undefined
        ? `The API fails: ${failed.map(({ path, status }) => `${path} ${status || "no answer"}`).join(", ")}`
        : `A query of the API does not fit the database: ${SQL_MISFIT.exec(misfit.reason)?.[0]}`,
    evidence: failed.slice(0, 4).map(failedLine),
    fix: ["api-500s", misfit === undefined ? "4" : "3.3"],
  };
  const slow = answers.filter(({ ms, status }) => status > 0 && ms > SLOW_ANSWER_MS);
  const sluggish: FoundCause = {
    ...{ id: "api.slow", symptom: "high-latency", severity: "warning", certainty: "certain", depth: 20 },
    title: `The API takes ${Math.max(...slow.map(({ ms }) => ms)).toFixed(0)} ms for an answer`,
    evidence: slow.map(({ path, ms }) => `${path}: ${ms.toFixed(0)} ms; below ${SLOW_ANSWER_MS} ms is promised`),
    fix: ["high-latency", "2"],
  };
  return [...(failed.length > 0 ? [failing] : []), ...(slow.length > 0 ? [sluggish] : [])];
}

const failedLine = ({ path, status, reason }: ApiAnswer) =>
  `GET ${path}: ${status || "no answer"}${reason && `, ${reason}`}`;

function tradingCauses({ metrics }: Facts): FoundCause[] {
  if (metrics === undefined || "unseen" in metrics) return [];
  const blocked = metrics.seen.reading.samples.filter(({ name, value }) => name === "ttt_trading_blocked" && value > 0);
  if (blocked.length === 0) return [];
  return [
    {
      ...{ id: "trading.blocked", symptom: "trading-stopped", severity: "warning", certainty: "possible", depth: 10 },
      title: "Partitions take no new risk: the kill switch is engaged, or they are not reconciled",
      evidence: blocked.slice(0, 4).map(({ labels, instance }) => `${labels.partition} on ${instance}`),
      fix: ["kill-and-rearm", "2"],
    },
  ];
}

const endedBy = ({ exitCode, state }: InstanceView, exit: "configuration") =>
  exitCode === EXIT_CODES[exit].code && state !== "ready";
