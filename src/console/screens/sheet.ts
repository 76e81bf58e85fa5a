import type { KillReach } from "../../actions/desk-request.ts";
import { COMMAND_NAMES, COMMANDS, type CommandName, type Keymap } from "../input/commands.ts";
import { type PaletteEntry, searchPalette } from "../input/palette.ts";
import type { Prompt, ScreenName } from "../state/console-state.ts";
import { environmentOf, killScopes, phraseFor } from "../state/safety.ts";
import { type Block, rule } from "../view/block.ts";
import { count } from "../view/format.ts";
import { fitTo, type Line, line, lineWidth, onGround, type Span, span, spread } from "../view/line.ts";
import { windowAround } from "../view/window.ts";
import type { ConsoleModel } from "./model.ts";

const PALETTE_ROWS = 10;
const SCOPE_ROWS = 8;

const REACHES: Readonly<Record<KillReach, { readonly words: string; readonly flags: string }>> = {
  block: { words: "no order leaves any more", flags: "" },
  cancel: { words: "no order leaves any more, and open orders are withdrawn", flags: " --cancel" },
  flatten: { words: "no order leaves any more, open orders are withdrawn, positions closed", flags: " --flatten" },
};

/** What slides over the bottom of a screen while a prompt is open: at most `height` lines, none without a prompt. */
export function sheet(model: ConsoleModel, width: number, height: number): Block {
  const { prompt } = model.state;
  if (!prompt || prompt.kind === "filter") return [];
  return draw(model, prompt, width, height).slice(0, height);
}

function draw(model: ConsoleModel, prompt: Exclude<Prompt, { kind: "filter" }>, width: number, height: number): Block {
  switch (prompt.kind) {
    case "help":
      return helpSheet(model, width, height);
    case "palette":
      return paletteSheet(model, prompt, width, height);
    case "kill":
      return killSheet(model, prompt, width, height);
    case "confirm":
      return confirmSheet(model, prompt, width);
  }
}

function helpSheet({ keymap, state }: ConsoleModel, width: number, height: number): Block {
  const names = COMMAND_NAMES.filter((name) => keymap.keysOf(name).length > 0);
  const columns = Math.max(1, Math.min(3, Math.floor(width / 39)));
  const perColumn = Math.ceil(names.length / columns);
  const columnWidth = Math.floor(width / columns);
  const blocks = Array.from({ length: columns }, (_, column) =>
    helpColumn(names.slice(column * perColumn, (column + 1) * perColumn), keymap, state.screen),
  );
  const body = Array.from({ length: perColumn }, (_, row) =>
    blocks.flatMap((rows) => fitTo(rows[row] ?? [], columnWidth)),
  );
  return [rule("Keys", width, line("esc closes", "muted")), ...body].slice(0, height);
}

function helpColumn(names: readonly CommandName[], keymap: Keymap, screen: ScreenName): Block {
  const keysOf = (name: CommandName) => keymap.keysOf(name).join(" ");
  const keys = Math.max(...names.map((name) => keysOf(name).length));
  return names.map((name) => {
    const { title, on } = COMMANDS[name];
    const where = on ? ` (${on.filter((one) => one !== "service").join(", ")})` : "";
    const here = on === undefined || on.includes(screen);
    return [
      span(` ${keysOf(name).padEnd(keys)} `, "key"),
      span(title, here ? undefined : "muted"),
      span(where, "muted"),
    ];
  });
}

function paletteSheet(
  { view }: ConsoleModel,
  { text, cursor }: Extract<Prompt, { kind: "palette" }>,
  width: number,
  height: number,
): Block {
  const found = searchPalette(text, view);
  const { start, end } = windowAround(cursor, found.length, Math.min(PALETTE_ROWS, height - 2));
  const rows = found.slice(start, end).map((entry, index) => {
    const row = spread([span(" "), ...highlighted(entry)], [span(`${entry.cli} `, "accent")], width);
    return start + index === cursor ? onGround(fitTo(row, width), "cursor") : row;
  });
  const title = rule("Commands", width, line("the command line that does the same →", "muted"));
  const input = [span(" : ", "key"), span(text), span("▏", "accent")];
  return [title, input, ...(rows.length > 0 ? rows : [line("   Nothing matches.", "muted")])];
}

function highlighted({ title, places }: PaletteEntry): Line {
  return [...title].map((letter, at): Span => span(letter, places.includes(at) ? "match" : undefined));
}

function killSheet(
  { view }: ConsoleModel,
  { scope, reach, reason }: Extract<Prompt, { kind: "kill" }>,
  width: number,
  height: number,
): Block {
  const scopes = killScopes(view);
  const at = Math.max(0, scopes.indexOf(scope));
  const { start, end } = windowAround(at, scopes.length, Math.max(1, Math.min(SCOPE_ROWS, height - 5)));
  const bar = onGround(
    fitTo(line(" KILL: which scope?   ↑↓ scope   tab how far   enter KILLS   esc leaves"), width),
    "live-bar",
  );
  const names = Math.max(...scopes.map((one) => one.length));
  const rows = scopes.slice(start, end).map((one) => {
    const row = [
      span(one === scope ? " ▶ " : "   ", "bad"),
      span(one.padEnd(names), "strong"),
      span(`   ${heldBy(one, view)}`, "muted"),
    ];
    return one === scope ? onGround(fitTo(row, width), "cursor") : row;
  });
  return [
    bar,
    ...rows,
    [span(" how far: ", "muted"), span(REACHES[reach].words, "strong")],
    [
      span(" reason: ", "muted"),
      span(reason),
      span("▏", "accent"),
      span(reason === "" ? " (may stay empty)" : "", "muted"),
    ],
    [
      span(" same as ", "muted"),
      span(`ttt kill --scope ${scope}${REACHES[reach].flags} --reason "${reason || "…"}"`, "accent"),
    ],
  ];
}

/** How much a kill of the scope would stop. */
function heldBy(scope: string, view: ConsoleModel["view"]): string {
  const trading = view.trading.value;
  if (!trading) return "";
  const [kind, name] = scope.split(/:(.*)/);
  const inScope = (one: { venue: string; strategy: string; instrument: string }) =>
    kind === "venue" || kind === "strategy" || kind === "instrument" ? one[kind] === name : kind === "global";
  const orders = trading.orders.filter(inScope).length;
  const positions = trading.positions.filter((one) => inScope(one) && Number(one.quantity) !== 0).length;
  return `${count(orders, "open order")}, ${count(positions, "position")}`;
}

function confirmSheet(
  { view }: ConsoleModel,
  { intent, typed }: Extract<Prompt, { kind: "confirm" }>,
  width: number,
): Block {
  const phrase = phraseFor(intent, view);
  const live = environmentOf(view) === "live";
  const input: Line = [
    span(" > ", "key"),
    span(typed, phrase.startsWith(typed) ? undefined : "bad"),
    span("▏", "accent"),
  ];
  const title = spread(line(` Type this to confirm:  ${phrase}`), line(live ? "LIVE MONEY " : ""), width);
  const missing = lineWidth([span(phrase)]) - lineWidth([span(typed)]);
  const state = typed === phrase ? line(" enter does it", "good") : line(missing > 0 ? " esc leaves" : "", "muted");
  return [onGround(fitTo(title, width), live ? "live-bar" : "reduce-badge"), input, state];
}
