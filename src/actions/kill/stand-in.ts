import type { Clock } from "../../core/clock.ts";
import type { OperatorRequest } from "../../live/events.ts";
import { IDLE_TRADER } from "../../live/idle-trader.ts";
import type { SessionConfig } from "../../live/session-config.ts";
import type { KillAuthority, KillCopy } from "../../ports/kill-store.ts";
import type { LeaseStore } from "../../ports/lease-store.ts";
import type { LimitStore } from "../../ports/limit-store.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketData } from "../../ports/market-data.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import type { AccountPartition, TradingAccount } from "../../ports/trading-account.ts";
import type { PartitionEvidence } from "../../ports/worker-control.ts";
import type { Instrument } from "../../trading/instrument.ts";
import type { Permit } from "../../trading/permit.ts";
import { DEFAULT_LIMITS } from "../../trading/risk/default-limits.ts";
import type { LimitSet } from "../../trading/risk/limits.ts";
import { PartitionHolder } from "../trading/hold-partition.ts";
import { keepLimits } from "../trading/keep-limits.ts";
import { keepPermit } from "../trading/keep-permit.ts";

/** What a worker has and an operator's command has not, beside the kill switch itself. */
export interface StandInPorts {
  readonly authority: KillAuthority;
  readonly copies: readonly KillCopy[];
  readonly leases: LeaseStore;
  readonly limits: Pick<LimitStore, "read" | "onChange">;
  readonly openOrders: (worker: string, instruments: TradingAccount["instruments"]) => OrderStore;
  readonly openMarketData: () => MarketData;
  /** Meets the venue before anything is traded. Throws an OperatorError when what is configured does not fit it. */
  readonly meet: () => Promise<void>;
  /** What does not depend on the partition. */
  readonly session: Pick<
    SessionConfig,
    "buildHash" | "approvedBuildHash" | "capabilities" | "accountCurrency" | "timing"
  >;
  readonly clock: Clock;
  readonly log: Log;
}

/** A partition that nobody serves, and where it trades. */
export interface Orphan {
  readonly account: TradingAccount;
  readonly partition: AccountPartition;
  readonly instrument: Instrument;
}

/** Serves partitions in the place of workers that are dead. */
export interface StandIn {
  /** Asks those that it holds by now; each with how far it is. */
  ask(request: OperatorRequest): readonly PartitionEvidence[];
  /** Gives the leases back. The venue's dead-man's switch stays armed: it withdraws what this may have left. */
  close(): Promise<void>;
}

/**
 * Takes the partitions as a worker does, each as soon as its lease has run out, under a new fencing token, and trades
 * them with no strategy: only what an operator asks for leaves, through the same risk checks, written down before, past
 * the same last gate. A worker that comes back meanwhile finds the lease taken; one that was first keeps it. Rejects
 * when the venue cannot be met.
 */
export async function openStandIn(ports: StandInPorts, orphans: readonly Orphan[], name: string): Promise<StandIn> {
  const { authority, copies, clock, log } = ports;
  await ports.meet();
  let permit: Permit | undefined;
  let limits: LimitSet | undefined;
  const facts = { name, permit: () => permit, limits: () => limits };
  const holders = new Map(orphans.map((orphan) => [orphan.partition.id, holderOf(ports, orphan, facts)]));
  const each = (act: (holder: PartitionHolder) => void) => {
    for (const holder of holders.values()) act(holder);
  };
  const permits = await keepPermit({
    ...{ authority, copies, clock, log, actor: name },
    onPermit(offered) {
      permit = offered;
      each((holder) => holder.takePermit(offered));
    },
    onPush: (push) => each((holder) => holder.takePush(push)),
  });
  const limitsKept = await keepLimits({
    ...{ limits: ports.limits, defaults: DEFAULT_LIMITS, clock, log },
    onLimits(read) {
      limits = read;
      each((holder) => holder.takeLimits(read));
    },
  });
  return {
    ask: (request) =>
      [...holders].flatMap(([partition, holder]) => {
        const evidence = holder.ask(request);
        return evidence === undefined ? [] : [{ partition, ...evidence }];
      }),
    close: async () => {
      await Promise.all([...holders.values()].map((holder) => holder.close("drain")));
      limitsKept.close();
      permits.close();
    },
  };
}

function holderOf(
  ports: StandInPorts,
  { account: { account, venue, instruments }, partition: { id, strategy }, instrument }: Orphan,
  facts: {
    readonly name: string;
    readonly permit: () => Permit | undefined;
    readonly limits: () => LimitSet | undefined;
  },
): PartitionHolder {
  const { authority, leases, copies, openOrders, openMarketData, session, clock, log } = ports;
  const { name, permit, limits } = facts;
  return new PartitionHolder({
    ...{ authority, leases, openMarketData, clock, log, venue, permit, limits },
    worker: name,
    latches: copies,
    orders: openOrders(name, instruments),
    freshConfig: () => ({
      ...session,
      ...{ partition: id, venue: instrument.venue, account, strategy, instruments: [instrument] },
      trader: IDLE_TRADER,
      timing: { inFlightMs: venue.inFlightMs, ...session.timing },
    }),
    permissions: {
      restricted: new Set(),
      registration: {
        instruments: new Set([instrument.id]),
        accounts: new Set([account]),
        venues: new Set([instrument.venue]),
      },
    },
    mayTake: () => true,
    onAcknowledge() {},
    onAlert: (code, text) => log.error(text, { code }),
  });
}
