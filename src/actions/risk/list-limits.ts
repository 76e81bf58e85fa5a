import type { LimitRequest, LimitVersion } from "../../ports/limit-store.ts";
import { completeLimits } from "../../trading/risk/complete-limits.ts";
import { LIMITS, type LimitKind, type LimitName, type LimitUnit, standingAt } from "../../trading/risk/limits.ts";
import type { Scope } from "../../trading/scope.ts";
import { REQUEST_LIFE_MS } from "./approve-limit.ts";
import type { LimitPorts } from "./limit-ports.ts";

/** One limit at one scope as it stands now. */
export interface ListedLimit {
  readonly name: LimitName;
  readonly scope: Scope;
  /** In `unit`; null is none on purpose. */
  readonly value: number | null;
  readonly unit: LimitUnit;
  readonly kind: LimitKind;
  /** False: it waits for its epoch, and what stands before it counts. */
  readonly inForce: boolean;
  readonly fromEpoch: number;
  /** Wall time at which it ends, and what holds then. */
  readonly expires: number | undefined;
  readonly revertsTo: number | null | undefined;
  readonly summary: string;
}

export interface LimitList {
  /** 0: nobody has ever changed a limit here. */
  readonly version: number;
  readonly epoch: number;
  readonly limits: readonly ListedLimit[];
  readonly waiting: readonly LimitRequest[];
  /** What made the newest versions, newest first; as many as were asked for. */
  readonly history: readonly LimitVersion[];
}

/** Every limit in force, those that wait for their epoch, and those that wait for approval. */
export async function listLimits(
  { limits, defaults }: LimitPorts,
  { scope, history }: { readonly scope?: Scope; readonly history: number },
): Promise<LimitList> {
  const [stored, { epoch, wall }, waiting, versions] = await Promise.all([
    limits.read(),
    limits.moment(),
    limits.waiting(),
    history > 0 ? limits.versions(history) : [],
  ]);
  const set = completeLimits(stored, defaults);
  const rows = set.rows.filter((row, index) => {
    // Of the rows for one limit and scope the last in force counts; an older one is history.
    const newer = set.rows.slice(index + 1);
    const replaced = newer.some(
      (one) => one.name === row.name && one.scope === row.scope && (one.fromEpoch ?? 0) <= epoch,
    );
    return !replaced && (scope === undefined || row.scope === scope);
  });
  const listed = rows.map((row): ListedLimit => {
    const { value, kind } = standingAt(row, wall);
    const temporary = row.expires !== undefined && wall < row.expires;
    return {
      name: row.name,
      scope: row.scope,
      value,
      unit: LIMITS[row.name].unit,
      kind,
      inForce: (row.fromEpoch ?? 0) <= epoch,
      fromEpoch: row.fromEpoch ?? 0,
      expires: temporary ? row.expires : undefined,
      revertsTo: temporary ? row.revertsTo : undefined,
      summary: LIMITS[row.name].summary,
    };
  });
  return {
    version: set.version,
    epoch,
    limits: listed.sort((a, b) => order(a.name, b.name) || order(a.scope, b.scope)),
    waiting: waiting.filter(({ requestedAt }) => wall - requestedAt <= REQUEST_LIFE_MS),
    history: versions,
  };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
