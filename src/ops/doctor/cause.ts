/** What people notice; the five of the production runbook, and what lies beside them. */
export type Symptom =
  | "api-500s"
  | "no-metrics"
  | "worker-crash"
  | "high-latency"
  | "redis-memory"
  | "stack-down"
  | "supervision-lost"
  | "trading-stopped"
  | "host-full";

export const SYMPTOMS: Readonly<Record<Symptom, string>> = {
  "api-500s": "The API returns 500s",
  "no-metrics": "The dashboard shows no metrics",
  "worker-crash": "Workers crash on start-up",
  "high-latency": "High latency",
  "redis-memory": "Redis memory above 80 %",
  "stack-down": "Nothing runs",
  "supervision-lost": "Nobody watches over the services",
  "trading-stopped": "Nothing is traded",
  "host-full": "The machine is full",
};

/** `certain`: seen to be so. `likely`: what was seen is best explained so. `possible`: worth a look. */
export type Certainty = "certain" | "likely" | "possible";

/** Why something is wrong, what shows it, and which step of which runbook mends it. */
export interface Cause {
  /** `postgres.schema-behind` */
  readonly id: string;
  readonly symptom: Symptom;
  readonly severity: "critical" | "warning";
  readonly certainty: Certainty;
  readonly title: string;
  /** What was seen, the strongest first. */
  readonly evidence: readonly string[];
  readonly fix: { readonly runbook: string; readonly section: string; readonly command: string };
  /** How far below the surface it lies: of two causes the deeper one explains the other. */
  readonly depth: number;
}

/** As the rules name it: the runbook, its section, and the parameters it needs (`instance=api`). */
export type FoundCause = Omit<Cause, "fix"> & {
  readonly fix: readonly [runbook: string, section: string, ...string[]];
};

const CERTAINTIES: readonly Certainty[] = ["certain", "likely", "possible"];

/**
 * The causes in the order to look at them: what is certain before what is guessed, what is critical before what can
 * wait, and what lies deeper before what it explains.
 */
export function rankCauses(found: readonly FoundCause[]): Cause[] {
  return found
    .map(({ fix: [runbook, section, ...params], ...cause }) => {
      const set = params.map((param) => ` --set ${param}`).join("");
      const command = `ttt runbook run ${runbook} --section ${section}${set}`;
      return { ...cause, fix: { runbook, section, command } };
    })
    .sort(
      (a, b) =>
        CERTAINTIES.indexOf(a.certainty) - CERTAINTIES.indexOf(b.certainty) ||
        Number(a.severity === "warning") - Number(b.severity === "warning") ||
        b.depth - a.depth ||
        (a.id < b.id ? -1 : 1),
    );
}
