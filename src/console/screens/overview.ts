import { type Alert, attention } from "../state/attention.ts";
import { truncate } from "../view/cells.ts";
import { BLANK, type Line, line, lineWidth, span } from "../view/line.ts";
import { chartSection } from "./chart-section.ts";
import { logSection } from "./logs.ts";
import type { ConsoleModel, Screen } from "./model.ts";
import { fillsSection, ordersSection, positionsSection } from "./orders.ts";
import { levelSection, workersSection } from "./risk.ts";
import type { Section } from "./section.ts";
import { servicesAtAGlance } from "./services.ts";

/** What one wants to know first: what needs attention, what runs, what is held, what was traded. */
export const overviewScreen: Screen = {
  name: "overview",
  title: "Overview",
  logs: "warn",
  ids: () => [],
  sections: (model) => [
    ...startSection(model),
    ...attentionSection(model),
    servicesAtAGlance(model),
    { ...positionsSection(model), side: "right" },
    { ...fillsSection(model), side: "right" },
    ...roomForMore(model),
  ],
};

/** What is shown when there is more room than the first needs. */
function roomForMore(model: ConsoleModel): readonly Section[] {
  const history = model.view.trading.value?.profitHistory ?? [];
  const chart =
    history.length > 1 ? [{ ...chartSection("Profit, open and realised", history), side: "right" } as const] : [];
  return [
    levelSection(model),
    workersSection(model),
    { ...ordersSection(model, { cursor: false }), side: "right" } as const,
    ...chart,
    logSection(model, { level: "warn", text: model.state.filters.overview }, "Warnings and errors"),
  ].map((section) => ({ ...section, optional: true }));
}

/** What to do when there is nothing to look at yet. */
function startSection({ view: { services } }: ConsoleModel): readonly Section[] {
  if (services.status !== "lost" || services.heardAt !== undefined) return [];
  const rows = [
    line(`  ${services.reason ?? "Nothing answers."}`, "strong"),
    services.hint === undefined ? BLANK : [span("  Start it in another terminal:  "), span(services.hint, "accent")],
    line("  This screen goes on by itself as soon as it runs.", "muted"),
  ];
  return [{ title: "No stack", rows: rows.length, min: rows.length, draw: () => rows }];
}

function attentionSection(model: ConsoleModel): readonly Section[] {
  const alerts = attention(model.view, model.now);
  if (alerts.length === 0) return [];
  return [
    {
      title: "Needs attention",
      rows: alerts.length,
      min: Math.min(2, alerts.length),
      draw: (width, height) => alerts.slice(0, height).map((alert) => alertRow(alert, width)),
    },
  ];
}

/** What to do stays readable however long the reason is. */
function alertRow({ text, hint, mood }: Alert, width: number): Line {
  const sign = span(mood === "bad" ? "✖ " : "▲ ", mood);
  const next = span(hint === undefined ? "" : ` → ${truncate(hint, Math.floor(width / 2))}`, "accent");
  const room = width - lineWidth([sign, next]);
  return [sign, span(truncate(text, room), mood), next];
}
