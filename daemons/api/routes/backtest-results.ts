import { z } from "zod";
import type { BacktestDesk } from "../../../src/actions/accept-backtest.ts";
import { BACKTEST_DOCUMENTS, decodeCurve, decodeReport } from "../../../src/actions/backtest-documents.ts";
import { runPage } from "../../../src/backtest/html/run-page.ts";
import { type Reply, type Route, route } from "../route.ts";
import { idSchema, readDocument } from "./backtests.ts";

const tag = "backtests";
const role = "viewer";
const get = "get";

/** Trades of one answer. */
const MOST_TRADES = 10_000;
const pageSchema = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).describe("how many trades to leave out, in the order of closing"),
  limit: z.coerce.number().int().min(1).max(MOST_TRADES).default(1_000),
});
const tradesSchema = z.strictObject({ total: z.int(), trades: z.array(z.looseObject({ pnl: z.number() })) });
const resultSchema = z.looseObject({
  id: z.string().describe("hash of everything that decided the result"),
  strategy: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  stats: z.record(z.string(), z.unknown()).describe("a measure that the data do not allow is null"),
  counts: z.strictObject({ trades: z.int(), openTrades: z.int(), denials: z.int() }),
});

/** What came of a backtest: in figures, trade by trade, whole, as a curve, and as a page. */
export function backtestResultRoutes({ jobs }: Pick<BacktestDesk, "jobs">): Route[] {
  const document = (id: string, name: string) => readDocument(jobs, id, name);
  const report = async (id: string) => decodeReport((await document(id, BACKTEST_DOCUMENTS.report)).bytes);
  return [
    route({
      ...{ method: get, path: "/api/backtest/:id/result", id: "readBacktestResult", tag, role },
      summary: "The result in figures: statistics and what decided them, without the trades",
      params: idSchema,
      responses: { 200: { description: "The result", schema: resultSchema } },
      async handle({ params }) {
        const { trades, openTrades, denials, ...rest } = await report(params.id);
        const counts = { trades: trades.length, openTrades: openTrades.length, denials: denials.length };
        return { status: 200, json: { ...rest, counts } };
      },
    }),
    route({
      ...{ method: get, path: "/api/backtest/:id/trades", id: "listBacktestTrades", tag, role },
      summary: "Closed trades in the order of closing, a page at a time",
      params: idSchema,
      query: pageSchema,
      responses: { 200: { description: "Trades, and how many there are in all", schema: tradesSchema } },
      async handle({ params, query: { after, limit } }) {
        const { trades } = await report(params.id);
        return { status: 200, json: { total: trades.length, trades: trades.slice(after, after + limit) } };
      },
    }),
    route({
      ...{ method: get, path: "/api/backtest/:id/report", id: "readBacktestReport", tag, role },
      summary: "The report: statistics, trades, denials; the same bytes as a run in process",
      params: idSchema,
      responses: { 200: { description: "The report", schema: z.looseObject({ id: z.string() }) } },
      async handle({ params }): Promise<Reply> {
        const { bytes, contentType } = await document(params.id, BACKTEST_DOCUMENTS.report);
        return { status: 200, bytes, contentType };
      },
    }),
    route({
      ...{ method: get, path: "/api/backtest/:id/report.html", id: "readBacktestPage", tag, role },
      summary: "The report as one page that opens offline, without the price, whose bars are the caller's",
      params: idSchema,
      responses: { 200: { description: "HTML, to be kept as a file", contentType: "text/html" } },
      async handle({ params: { id } }): Promise<Reply> {
        const curve = decodeCurve((await document(id, BACKTEST_DOCUMENTS.equity)).bytes);
        const html = runPage({ report: await report(id), ...curve, columns: undefined });
        return {
          status: 200,
          bytes: new TextEncoder().encode(html),
          contentType: "text/html; charset=utf-8",
          // Its own script must not run at this address, where a browser might hold a token.
          headers: { "content-disposition": `attachment; filename="${id}.html"` },
        };
      },
    }),
    route({
      ...{ method: get, path: "/api/backtest/:id/equity", id: "readBacktestEquity", tag, role },
      summary: "The equity curve: JSON, or float64 times and values with accept: application/octet-stream",
      params: idSchema,
      responses: {
        200: {
          description: "Time in milliseconds since the epoch and equity at each step",
          schema: z.strictObject({ time: z.array(z.number()), equity: z.array(z.number()) }),
        },
      },
      async handle({ params, header }): Promise<Reply> {
        const { bytes, contentType } = await document(params.id, BACKTEST_DOCUMENTS.equity);
        if (header("accept")?.includes("application/octet-stream")) return { status: 200, bytes, contentType };
        const { time, equity } = decodeCurve(bytes);
        return { status: 200, json: { time: [...time], equity: [...equity] } };
      },
    }),
  ];
}
