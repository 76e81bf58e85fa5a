import type { ProbeAnswer, ProbeSpec } from "../../ops/probe.ts";
import { isAccepting } from "../embedded/is-accepting.ts";
import { lookByExec } from "./exec-probe.ts";
import { lookByHttp } from "./http-probe.ts";
import { lookByTcp } from "./tcp-probe.ts";

/** What one look saw, before its time is taken. */
export interface Sight {
  readonly healthy: boolean;
  readonly status: string;
  readonly excerpt: string;
}

export interface ProbeSurroundings {
  /** Address that the instance published. */
  readonly publishedUrl: () => string | undefined;
  readonly postgres: { readonly folder: string; readonly port: number; readonly user: string };
  /** For a program. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives the look up. */
  readonly signal: AbortSignal;
}

/** Enough to tell one error from another; a page would fill the logs. */
const MOST_EXCERPT = 200;

/** Looks once. Never rejects: that nothing is to be seen is an answer. */
export async function lookAt(spec: ProbeSpec, around: ProbeSurroundings): Promise<ProbeAnswer> {
  const begun = performance.now();
  const { healthy, status, excerpt } = await lookNow(spec, around);
  const words = excerpt.replaceAll(/\s+/g, " ").trim().slice(0, MOST_EXCERPT);
  return { healthy, status, excerpt: words, latencyMs: Math.round(performance.now() - begun) };
}

async function lookNow({ check, timeoutMs }: ProbeSpec, around: ProbeSurroundings): Promise<Sight> {
  switch (check.kind) {
    case "http": {
      const base = around.publishedUrl();
      if (!URL.canParse(check.target, base)) {
        return { healthy: false, status: "no address", excerpt: "it has not published where it serves" };
      }
      return lookByHttp(new URL(check.target, base), timeoutMs);
    }
    case "tcp":
      return lookByTcp(check.address, timeoutMs);
    case "exec":
      return lookByExec(check.command, { timeoutMs, env: around.env, signal: around.signal });
    case "postgres": {
      const { folder, port, user } = around.postgres;
      const { state, detail } = await isAccepting(folder, port, user, timeoutMs);
      return { healthy: state === "accepting", status: state, excerpt: detail };
    }
  }
}
