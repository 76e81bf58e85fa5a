import { z } from "zod";
import { type ArmReport, approveArm, armTrading } from "../../../src/actions/kill/arm-trading.ts";
import { engageKillSwitch } from "../../../src/actions/kill/engage-kill-switch.ts";
import { readKillStatus } from "../../../src/actions/kill/read-kill-status.ts";
import type { Clock } from "../../../src/core/clock.ts";
import type { ApiStores } from "../../../src/runtime/api-stores.ts";
import type { openKillSwitch } from "../../../src/runtime/kill-switch.ts";
import { parseScope, type Scope } from "../../../src/trading/scope.ts";
import { killUnderUsedKey, lookUpKey } from "../kill-key.ts";
import { type Route, route } from "../route.ts";
import { signatureOf } from "../signature.ts";
import { armedSchema, armWaitsSchema, killReportSchema, killStatusSchema } from "./kill-schemas.ts";

type Opened = Awaited<ReturnType<typeof openKillSwitch>>;

/** Opens what the kill switch needs, each time anew: it must not depend on what this process had open before. */
export type OpenKillSwitch = () => Promise<Pick<Opened, "ports" | "missing" | "close">>;

const scopeSchema = z
  .custom<Scope>((text) => typeof text === "string" && parseScope(text) !== undefined, {
    error: "expected global, venue:NAME, account:NAME, strategy:NAME or instrument:NAME",
  })
  .meta({ type: "string", pattern: "^(global|(venue|account|strategy|instrument):.+)$" });

const reasonSchema = z.string().trim().min(1).max(500).describe("why, for the journal; `emergency` will do");

const killSchema = z.strictObject({
  scope: scopeSchema.default("global"),
  level: z.enum(["BLOCK", "REDUCE_ONLY"]).default("BLOCK"),
  reason: reasonSchema,
  cancel: z.boolean().default(false).describe("withdraw every own order in scope, and prove it"),
  flatten: z.boolean().default(false).describe("withdraw orders, close positions, then block"),
  ackTimeoutMs: z.int().min(0).max(60_000).default(4_000),
  actionTimeoutMs: z.int().min(1_000).max(120_000).default(15_000),
});

const armSchema = z.strictObject({ scope: scopeSchema.default("global"), reason: reasonSchema });

const armResponses = {
  200: { description: "Armed", schema: armedSchema },
  202: { description: "A second person must approve it: `request` is its number", schema: armWaitsSchema },
};

const armReply = (report: ArmReport) => ({ status: report.outcome === "armed" ? 200 : 202, json: report });

export interface KillSwitchParts {
  readonly open: OpenKillSwitch;
  readonly answers: ApiStores["answers"];
  readonly clock: Clock;
}

/** The kill switch, through the same actions as the command line. */
export function killSwitchRoutes({ open, ...keys }: KillSwitchParts): Route[] {
  const using = async <T>(work: (opened: Opened | Awaited<ReturnType<OpenKillSwitch>>) => Promise<T>): Promise<T> => {
    const opened = await open();
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  };
  return [
    route({
      method: "get",
      path: "/v1/kill-switch",
      id: "readKillSwitch",
      tag: "kill switch",
      summary: "The level that holds, who says so, and who obeys it",
      role: "viewer",
      responses: { 200: { description: "How trading stands", schema: killStatusSchema } },
      handle: () => using(async ({ ports }) => ({ status: 200, json: await readKillStatus(ports) })),
    }),
    route({
      method: "post",
      path: "/v1/kill-switch",
      id: "engageKillSwitch",
      tag: "kill switch",
      summary: "Stop trading, with evidence read back from the venue",
      role: "operator",
      unlimited: true,
      repeats: "own",
      body: killSchema,
      responses: {
        200: { description: "Verified", schema: killReportSchema },
        202: {
          description: "Asserted, but not all of it was seen to be done: `verdict` and `doubts` say what",
          schema: killReportSchema,
        },
        409: { description: "The key was used for another request: the kill was carried out, as `report` shows" },
        503: { description: "No store took it", schema: killReportSchema },
      },
      handle: ({ body, ...call }) =>
        using(async ({ ports }) => {
          const [caller, key] = [call.caller.name, call.header("idempotency-key")];
          const known = lookUpKey(keys, { caller, key, body });
          const report = await engageKillSwitch(ports, { ...body, ...signatureOf({ ...call, body }) });
          if (report.verdict !== "not-stored" && (await known.wasUsedForAnother())) throw killUnderUsedKey(report);
          const status = report.verdict === "verified" ? 200 : report.verdict === "not-stored" ? 503 : 202;
          return { status, json: report };
        }),
    }),
    route({
      method: "post",
      path: "/v1/kill-switch/arm",
      id: "armTrading",
      tag: "kill switch",
      summary: "Let a scope trade again: the only way a level comes down",
      role: "risk",
      body: armSchema,
      responses: armResponses,
      handle: ({ body, ...call }) =>
        using(async ({ ports }) => armReply(await armTrading(ports, { ...body, ...signatureOf(call) }))),
    }),
    route({
      method: "post",
      path: "/v1/kill-switch/arm/:request/approve",
      id: "approveArm",
      tag: "kill switch",
      summary: "Approve an arm that somebody else asked for",
      role: "risk",
      params: z.object({ request: z.coerce.number().int().min(1) }),
      responses: armResponses,
      handle: ({ params, ...call }) =>
        using(async ({ ports }) => armReply(await approveArm(ports, params.request, signatureOf(call)))),
    }),
  ];
}
