import { attention } from "../state/attention.ts";
import { span } from "../view/line.ts";
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
  ids: () => [],
  sections: (model) => [
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
  const chart = history.length > 1 ? [{ ...chartSection("PnL", history), side: "right" } as const] : [];
  return [
    levelSection(model),
    workersSection(model),
    { ...ordersSection(model, { cursor: false }), side: "right" } as const,
    ...chart,
    logSection(model, { level: "warn" }, "Warnings and errors"),
  ].map((section) => ({ ...section, optional: true }));
}

function attentionSection(model: ConsoleModel): readonly Section[] {
  const alerts = attention(model.view, model.now);
  if (alerts.length === 0) return [];
  return [
    {
      title: "Needs attention",
      rows: alerts.length,
      min: Math.min(2, alerts.length),
      draw: (_width, height) =>
        alerts
          .slice(0, height)
          .map(({ text, hint, mood }) => [
            span(mood === "bad" ? "✖ " : "▲ ", mood),
            span(text, mood),
            span(hint === undefined ? "" : `  → ${hint}`, "accent"),
          ]),
    },
  ];
}
