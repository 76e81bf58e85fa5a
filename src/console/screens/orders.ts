import type { FillView, OrderView, PositionView, TradingView } from "../../actions/desk-feed.ts";
import { grouped, timeOfDay } from "../view/format.ts";
import { type Line, line, type Span, span } from "../view/line.ts";
import { sparkline } from "../view/sparkline.ts";
import { type Column, table } from "../view/table.ts";
import { windowAround } from "../view/window.ts";
import { type ConsoleModel, cursorIn, passes, type Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";

const SPARKLINE_WIDTH = 16;

export const ordersScreen: Screen = {
  name: "orders",
  title: "Orders",
  ids: (model) => openOrders(model).map(({ id }) => id),
  sections: (model) => [
    positionsSection(model),
    ordersSection(model, { cursor: true }),
    { ...fillsSection(model), side: "right" },
  ],
};

export function positionsSection(model: ConsoleModel): Section {
  const trading = model.view.trading.value;
  const positions = (trading?.positions ?? []).filter(({ instrument, strategy, venue }) =>
    passes(filterOf(model), instrument, strategy, venue),
  );
  return {
    title: "Positions",
    right: trading ? profitLine(trading) : [],
    rows: positions.length === 0 ? 1 : positions.length + 1,
    min: 2,
    draw: (width, height) =>
      positions.length === 0
        ? saying(trading ? "Flat." : unknown(model))(width, height)
        : table(POSITION_COLUMNS, positions.slice(0, height - 1), width),
  };
}

export function ordersSection(model: ConsoleModel, options: { cursor: boolean }): Section {
  const orders = openOrders(model);
  const ids = orders.map(({ id }) => id);
  const cursor = options.cursor ? cursorIn(ids, model.state.selected.orders) : 0;
  return {
    title: "Open orders",
    right: orders.length === 0 ? [] : line(String(orders.length), "muted"),
    rows: orders.length === 0 ? 1 : orders.length + 1,
    min: 2,
    draw(width, height) {
      if (orders.length === 0) return saying(emptyText(model, "No open order."))(width, height);
      const { start, end } = windowAround(cursor, orders.length, height - 1);
      return table(ORDER_COLUMNS, orders.slice(start, end), width, options.cursor ? cursor - start : undefined);
    },
  };
}

export function fillsSection(model: ConsoleModel): Section {
  const fills = (model.view.trading.value?.fills ?? []).filter(({ instrument, strategy, venue }) =>
    passes(filterOf(model), instrument, strategy, venue),
  );
  return {
    title: "Last fills",
    rows: fills.length === 0 ? 1 : fills.length + 1,
    min: 3,
    draw: (width, height) =>
      fills.length === 0
        ? saying(emptyText(model, "No fill yet."))(width, height)
        : table(FILL_COLUMNS, fills.slice(0, height - 1), width),
  };
}

/** `open +12.00  realised +1,234.50 USD ▁▂▃▅▇`: the line shows both together over time. */
function profitLine({ profit, unrealised, currency, profitHistory: history }: TradingView): Line {
  const open =
    unrealised === undefined
      ? []
      : [span("open ", "muted"), span(`${grouped(unrealised, { sign: true })}  `, profitRole(unrealised))];
  return [
    ...open,
    span("realised ", "muted"),
    span(`${grouped(profit, { sign: true })} ${currency}`, profitRole(profit)),
    span(" "),
    span(sparkline(history, SPARKLINE_WIDTH), "chart"),
  ];
}

function openOrders(model: ConsoleModel): readonly OrderView[] {
  return (model.view.trading.value?.orders ?? []).filter(({ id, instrument, strategy, venue, state }) =>
    passes(filterOf(model), id, instrument, strategy, venue, state),
  );
}

function filterOf({ state }: ConsoleModel): string | undefined {
  return state.filters[state.screen];
}

function emptyText(model: ConsoleModel, text: string): string {
  return model.view.trading.value ? text : unknown(model);
}

function unknown({ view }: ConsoleModel): string {
  return view.trading.status === "connecting" ? "Waiting for the first reading …" : "Not known.";
}

const profitRole = (profit: string) => (Number(profit) < 0 ? "bad" : Number(profit) > 0 ? "good" : "muted");

const sideSpan = (side: "buy" | "sell"): Span => span(side.toUpperCase(), side === "buy" ? "good" : "bad");

const POSITION_COLUMNS: readonly Column<PositionView>[] = [
  { title: "instrument", min: 10, grow: 2, cell: ({ instrument }) => span(instrument, "strong") },
  {
    title: "quantity",
    min: 9,
    grow: 1,
    align: "decimal",
    cell: ({ quantity }) => span(grouped(quantity, { sign: true }), Number(quantity) < 0 ? "bad" : "good"),
  },
  { title: "average", min: 10, grow: 1, align: "decimal", cell: ({ averagePrice }) => span(grouped(averagePrice)) },
  {
    title: "mark",
    min: 10,
    grow: 1,
    align: "decimal",
    giveUp: 2,
    cell: ({ mark }) => span(mark ? grouped(mark) : "-"),
  },
  {
    title: "open PnL",
    min: 10,
    grow: 1,
    align: "decimal",
    cell: ({ unrealised }) =>
      unrealised === undefined ? span("-", "muted") : span(grouped(unrealised, { sign: true }), profitRole(unrealised)),
  },
  {
    title: "realised",
    min: 10,
    grow: 1,
    align: "decimal",
    giveUp: 4,
    cell: ({ profit }) => span(grouped(profit, { sign: true }), profitRole(profit)),
  },
  { title: " strategy", min: 11, grow: 1, giveUp: 1, cell: ({ strategy }) => span(` ${strategy}`, "muted") },
  { title: "venue", min: 6, grow: 1, giveUp: 3, cell: ({ venue }) => span(venue, "muted") },
];

const ORDER_COLUMNS: readonly Column<OrderView>[] = [
  { title: "time UTC", min: 8, cell: ({ at }) => span(timeOfDay(at), "muted") },
  { title: "instrument", min: 10, grow: 1, cell: ({ instrument }) => span(instrument, "strong") },
  { title: "side", min: 4, cell: ({ side }) => sideSpan(side) },
  { title: "type", min: 6, giveUp: 3, cell: ({ type }) => span(type, "muted") },
  { title: "quantity", min: 9, align: "decimal", cell: ({ quantity }) => span(grouped(quantity)) },
  { title: "filled", min: 8, align: "decimal", giveUp: 2, cell: ({ filled }) => span(grouped(filled), "muted") },
  { title: "price", min: 10, align: "decimal", cell: ({ price }) => span(price ? grouped(price) : "market") },
  {
    title: " state",
    min: 13,
    grow: 1,
    cell: ({ state }) => span(` ${state}`, state === "unresolved" ? "bad" : state === "accepted" ? "good" : "warn"),
  },
  { title: "strategy", min: 10, grow: 1, giveUp: 4, cell: ({ strategy }) => span(strategy, "muted") },
  { title: "id", min: 14, grow: 2, giveUp: 5, cell: ({ id }) => span(id, "muted") },
];

const FILL_COLUMNS: readonly Column<FillView>[] = [
  { title: "time UTC", min: 8, cell: ({ at }) => span(timeOfDay(at), "muted") },
  { title: "instrument", min: 10, grow: 1, cell: ({ instrument }) => span(instrument, "strong") },
  { title: "side", min: 4, cell: ({ side }) => sideSpan(side) },
  { title: "quantity", min: 9, grow: 1, align: "decimal", cell: ({ quantity }) => span(grouped(quantity)) },
  { title: "price", min: 10, grow: 1, align: "decimal", cell: ({ price }) => span(grouped(price)) },
  {
    title: "commission",
    min: 10,
    align: "decimal",
    giveUp: 2,
    cell: ({ commission }) => span(grouped(commission), "muted"),
  },
  { title: " strategy", min: 11, grow: 1, giveUp: 1, cell: ({ strategy }) => span(` ${strategy}`, "muted") },
  { title: "venue", min: 6, grow: 1, giveUp: 3, cell: ({ venue }) => span(venue, "muted") },
];
