import { z } from "zod";
import { COLUMN_NAMES } from "../../../src/backtest/data/bar-buffer.ts";
import { barHashSchema } from "../../../src/backtest/shared-bars.ts";
import { assert } from "../../../src/core/errors.ts";
import type { JobServices } from "../../../src/runtime/job-services.ts";
import { HttpRefusal } from "../problem.ts";
import { type Call, type Route, route } from "../route.ts";

/** Ten million bars: twenty years of minutes. */
const MOST_BARS = 10_000_000;
const BYTES_A_BAR = 8 * COLUMN_NAMES.length;

const hashParam = z.strictObject({ hash: barHashSchema });
const knownSchema = z.strictObject({ hash: barHashSchema });

/** Bars by their hash, for backtests: asked for, and sent when they are not there. */
export function barRoutes(vault: JobServices["vault"]): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/bars/:hash",
      id: "findBars",
      tag: "bars",
      summary: "Whether bars of this hash are there",
      role: "viewer",
      params: hashParam,
      responses: { 200: { description: "They are", schema: knownSchema } },
      async handle({ params }) {
        if (await vault.has(params.hash)) return { status: 200, json: params };
        throw new HttpRefusal(404, "There are no bars of this hash.", {
          exit: "notFound",
          code: "BARS_UNKNOWN",
          found: params.hash,
          hint: "PUT them at this address",
        });
      },
    }),
    route({
      method: "put",
      path: "/v1/bars/:hash",
      id: "sendBars",
      tag: "bars",
      summary:
        "Send bars: the columns time, open, high, low, close, volume as float64, little-endian, one after the other",
      role: "operator",
      params: hashParam,
      takesBytes: "application/octet-stream",
      repeats: "own",
      responses: { 201: { description: "Kept under their hash", schema: knownSchema } },
      async handle(call) {
        const { hash } = call.params;
        const columns = columnsIn(await readBytes(call));
        await vault.put(hash, { columns, name: `sent by ${call.caller.name}` });
        return { status: 201, json: { hash } };
      },
    }),
  ];
}

/** The body in memory of its announced size: what is larger, smaller or unannounced is refused. */
async function readBytes({
  header,
  stream,
}: Pick<Call<unknown, unknown, unknown>, "header" | "stream">): Promise<Uint8Array> {
  const announced = Number(header("content-length") ?? Number.NaN);
  if (!Number.isSafeInteger(announced)) {
    throw new HttpRefusal(400, "The length of the bars has to be announced.", {
      exit: "usage",
      code: "LENGTH_MISSING",
      expected: "a content-length",
    });
  }
  if (announced > MOST_BARS * BYTES_A_BAR) {
    throw new HttpRefusal(413, "There are too many bars.", {
      exit: "usage",
      code: "BODY_TOO_LARGE",
      expected: `at most ${MOST_BARS} bars`,
      found: `${Math.floor(announced / BYTES_A_BAR)} bars`,
    });
  }
  if (announced === 0 || announced % BYTES_A_BAR !== 0) {
    throw new HttpRefusal(422, "The bytes are not six columns of equal length.", {
      exit: "badData",
      code: "BARS_MALFORMED",
      expected: `a multiple of ${BYTES_A_BAR} bytes`,
      found: `${announced} bytes`,
    });
  }
  const bytes = new Uint8Array(announced);
  let at = 0;
  for await (const chunk of stream) {
    assert(chunk instanceof Uint8Array, "bodies arrive as bytes");
    bytes.set(chunk, at);
    at += chunk.length;
  }
  assert(at === announced, "HTTP keeps the announced length");
  return bytes;
}

function columnsIn(bytes: Uint8Array) {
  const rows = bytes.length / BYTES_A_BAR;
  const column = (index: number) => new Float64Array(bytes.buffer, index * rows * 8, rows);
  const [time, open, high, low, close, volume] = COLUMN_NAMES.map((_, index) => column(index));
  assert(time && open && high && low && close && volume, "bars have six columns");
  return { time, open, high, low, close, volume };
}
