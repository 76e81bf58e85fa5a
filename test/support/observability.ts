import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const COMPOSE = join(import.meta.dirname, "..", "..", "compose");

export interface NamedQuery {
  /** Where it stands: `overview.json: Latency`. */
  readonly where: string;
  readonly expr: string;
}

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

/** Every rule of compose/prometheus/rules. */
export function rules(): Rule[] {
  const files = globSync(join(COMPOSE, "prometheus", "rules", "*.yml")).sort();
  const groups = files.flatMap((file) => (parse(readFileSync(file, "utf8")) as { groups: { rules: Rule[] }[] }).groups);
  return groups.flatMap((group) => group.rules);
}

export function dashboards(): Map<string, Dashboard> {
  const files = globSync("*.json", { cwd: join(COMPOSE, "grafana", "dashboards") }).sort();
  return new Map(
    files.map((file) => [file, JSON.parse(readFileSync(join(COMPOSE, "grafana", "dashboards", file), "utf8"))]),
  );
}

/** Every query that a rule or a dashboard makes. */
export function allQueries(): NamedQuery[] {
  return [
    ...rules().map(({ alert, record, expr }) => ({ where: alert ?? record ?? "", expr })),
    ...[...dashboards()].flatMap(([file, { panels }]) =>
      panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr }))),
    ),
  ];
}

/** The metrics that a query names, recorded ones too. */
export function metricsIn(expr: string): string[] {
  const withoutLabels = expr.replaceAll(/\{[^}]*\}/g, "").replaceAll(/\b(by|on|without)\s*\([^)]*\)/g, "");
  return [...new Set(withoutLabels.match(/\b(?:(?:ttt|process|nodejs)[:_][a-z0-9_:]+|up|ALERTS)\b/g) ?? [])];
}
