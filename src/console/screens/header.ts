import { stricter } from "../../trading/level.ts";
import { STALE_AFTER_MS } from "../state/attention.ts";
import { TABS } from "../state/console-state.ts";
import { environmentOf, isLocked } from "../state/safety.ts";
import { ageOf } from "../state/stack-view.ts";
import { count, grouped, shortWait } from "../view/format.ts";
import { levelBadge } from "../view/level-look.ts";
import { fitTo, type Line, lineWidth, onGround, type Span, span } from "../view/line.ts";
import type { ConsoleModel } from "./model.ts";
import { SCREENS } from "./screens.ts";

/**
 * The bar over everything. Live money is told by the colour of the whole bar, by words, and by their place: they
 * stand at both ends. On paper, and in an exchange's sandbox, they stand at the left only, each on a colour of its own.
 */
export function header(model: ConsoleModel, width: number): Line {
  const environment = environmentOf(model.view);
  const parts = [level(model), epoch(model), money(model)];
  if (environment === "unknown") return bar([[span(" ttt ", "strong")], ...parts], freshness(model), width);
  if (environment !== "live") {
    const name: Line = [span(` ${environment.toUpperCase()} `, "strong"), span(" ")];
    return onGround(bar([name, ...parts], freshness(model), width), `${environment}-bar`);
  }
  const right = [...lock(model), ...freshness(model)];
  return onGround(bar([[span(" ▌LIVE MONEY▐ ")], ...parts], right, width, [span(" ▌LIVE▐ ")]), "live-bar");
}

/** The tabs; the names give way to their numbers where there is no room. */
export function tabs({ state, keymap }: ConsoleModel, width: number): Line {
  const current = state.screen === "service" ? "services" : state.screen;
  for (const gap of [" ", ""]) {
    const long = TABS.flatMap((name): Line => {
      const key = keymap.keysOf(name)[0] ?? "";
      const isCurrent = name === current;
      return [span(` ${key} `, "key"), span(`${SCREENS[name].title}${gap}`, isCurrent ? "match" : "muted")];
    });
    if (lineWidth(long) <= width) return fitTo(long, width);
  }
  const short = TABS.flatMap((name): Line => {
    const key = keymap.keysOf(name)[0] ?? "";
    return name === current ? [span(` ${key} `, "key"), span(SCREENS[name].title, "match")] : [span(` ${key}`, "key")];
  });
  return fitTo(short, width);
}

/**
 * As many of the parts as fit beside what stands at the right; the first ones matter most. Where two of them have no
 * room, what stands at the right goes, all but its end.
 */
function bar(parts: readonly Line[], right: Line, width: number, end: Line = []): Line {
  const fits = [
    ...parts.map((_, left) => ({ count: parts.length - left, beside: [...right, ...end] })).slice(0, -1),
    ...parts.map((_, left) => ({ count: parts.length - left, beside: end })),
  ];
  for (const { count, beside } of fits) {
    const left = parts.slice(0, count).flat();
    const gap = width - lineWidth(left) - lineWidth(beside);
    if (gap >= 1) return [...left, { text: " ".repeat(gap) }, ...beside];
  }
  return fitTo(parts.flat(), width);
}

function level({ view }: ConsoleModel): Line {
  const { value, status } = view.trading;
  if (status === "connecting") return [];
  // What held before the record was lost may have changed since: it is not shown as what holds.
  if (status !== "live" || !value) return [levelBadge(undefined)];
  const except = value.levels.filter(({ level }) => stricter(level, value.level) !== value.level).length;
  return [levelBadge(value.level), ...(except === 0 ? [] : [span(` except ${count(except, "scope")}`)])];
}

function epoch({ view: { trading } }: ConsoleModel): Line {
  return trading.value ? [span(`  epoch ${trading.value.epoch}`)] : [];
}

function money({ view }: ConsoleModel): Line {
  const trading = view.trading.value;
  if (!trading) return [];
  // Both are exact to the cent, so that their sum is too.
  const cents = Math.round(Number(trading.profit) * 100) + Math.round(Number(trading.unrealised ?? 0) * 100);
  return [span(`  PnL ${grouped((cents / 100).toFixed(2), { sign: true })} ${trading.currency}`)];
}

function lock({ state, view, now }: ConsoleModel): Line {
  if (isLocked(state, view, now)) return [span("read-only · ")];
  return [span(`UNLOCKED ${shortWait((state.unlockedUntil ?? now) - now)} · `)];
}

/** Whether what is shown is what is: the worst of the two sources that matter. */
function freshness({ view, now }: ConsoleModel): Line {
  const { services, trading } = view;
  const ages = [services, trading].map((topic) => ageOf(topic, now)).filter((age) => age !== undefined);
  const oldest = ages.length === 0 ? undefined : Math.max(...ages);
  const parts: Span[] = [];
  if (services.status === "lost")
    parts.push(span(oldest === undefined ? "not running " : `disconnected, ${shortWait(oldest)} old `));
  else if (services.status === "connecting") parts.push(span("connecting … "));
  else if (oldest !== undefined && oldest > STALE_AFTER_MS) parts.push(span(`data ${shortWait(oldest)} old `));
  else parts.push(span("up to date "));
  const missed = services.missed + trading.missed;
  if (missed > 0) parts.unshift(span(`${missed} missed · `));
  return parts;
}
