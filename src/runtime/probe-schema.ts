import * as z from "zod/mini";
import { PROBE_PURPOSES, type ProbeCheck, type ProbeSpec, probe } from "../ops/probe.ts";
import { listSetting } from "./list-setting.ts";

/** More questions than this about one service would be its main work. */
const MOST_PROBES = 10;
const milliseconds = (least: number) => z.optional(z.int().check(z.minimum(least), z.maximum(3_600_000)));
const inARow = z.optional(z.int().check(z.minimum(1), z.maximum(1_000)));
const ADDRESS = /^(\[[^\]]+\]|[^:[\]\s]+):\d{1,5}$/;

const probeSchema = z.pipe(
  z
    .strictObject({
      for: z.enum(PROBE_PURPOSES),
      http: z.optional(z.string().check(z.regex(/^(\/|https?:\/\/)\S*$/, "http is a path, or an address"))),
      tcp: z.optional(z.string().check(z.regex(ADDRESS, "tcp is HOST:PORT"))),
      exec: z.optional(z.array(z.string()).check(z.minLength(1))),
      everyMs: milliseconds(100),
      timeoutMs: milliseconds(10),
      good: inARow,
      bad: inARow,
    })
    .check(
      z.refine(({ http, tcp, exec }) => [http, tcp, exec].filter((one) => one !== undefined).length === 1, {
        error: "a probe has exactly one of http, tcp and exec",
      }),
    ),
  z.transform(({ for: purpose, http, tcp, exec, ...rhythm }): ProbeSpec => {
    const check: ProbeCheck =
      http !== undefined
        ? { kind: "http", target: http }
        : tcp !== undefined
          ? { kind: "tcp", address: tcp }
          : { kind: "exec", command: exec ?? [] };
    const given = Object.entries(rhythm).filter(([, value]) => value !== undefined);
    return probe(purpose, check, Object.fromEntries(given));
  }),
);

/** What is asked of a service from outside, as a list in the stack file or as JSON in the environment. */
export const probesSchema = listSetting(z.array(probeSchema).check(z.maxLength(MOST_PROBES)));
