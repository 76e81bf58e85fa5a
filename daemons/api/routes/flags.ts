import { z } from "zod";
import { listFlags, setFlag, unsetFlag } from "../../../src/actions/flags/change-flag.ts";
import { showFlagValue } from "../../../src/ops/flag.ts";
import { type Route, route } from "../route.ts";
import { signatureOf } from "../signature.ts";

type FlagPorts = Parameters<typeof listFlags>[0];

const LONGEST_MS = 30 * 86_400_000;
const valueSchema = z.union([z.boolean(), z.int()]);
const flagSchema = z
  .looseObject({ name: z.string(), value: valueSchema, default: valueSchema, meaning: z.string() })
  .meta({ id: "Flag", description: "A lever for an incident, read live by the daemons" });
const nameSchema = z.strictObject({ name: z.string().regex(/^[a-z.-]{1,64}$/) });
const reason = z.string().trim().min(1).max(500).describe("why, for the journal");

/** Flags, through the same actions as the command line. */
export function flagRoutes(ports: FlagPorts): Route[] {
  return [
    route({
      ...{ method: "get", path: "/v1/flags", id: "listFlags", tag: "flags", role: "viewer" },
      summary: "Every flag, its value and what it does",
      responses: { 200: { description: "Flags", schema: z.strictObject({ flags: z.array(flagSchema) }) } },
      handle: async () => ({ status: 200, json: { flags: await listFlags(ports) } }),
    }),
    route({
      ...{ method: "put", path: "/v1/flags/:name", id: "setFlag", tag: "flags", role: "operator" },
      summary: "Set a flag, on record",
      params: nameSchema,
      body: z.strictObject({
        value: valueSchema,
        reason,
        lastsMs: z.int().min(1_000).max(LONGEST_MS).optional().describe("how long it holds; until unset when left out"),
      }),
      responses: { 200: { description: "The flag as it is now", schema: flagSchema } },
      async handle({ params, body: { value, lastsMs, reason: why }, ...call }) {
        const wish = { name: params.name, value: showFlagValue(value), reason: why, ...(lastsMs && { lastsMs }) };
        return { status: 200, json: await setFlag(ports, wish, signatureOf(call)) };
      },
    }),
    route({
      ...{ method: "delete", path: "/v1/flags/:name", id: "unsetFlag", tag: "flags", role: "operator" },
      summary: "Let a flag's default hold again, on record",
      params: nameSchema,
      query: z.strictObject({ reason }),
      responses: { 200: { description: "The flag as it is now", schema: flagSchema } },
      handle: async ({ params, query, ...call }) => ({
        status: 200,
        json: await unsetFlag(ports, { name: params.name, ...query }, signatureOf(call)),
      }),
    }),
  ];
}
