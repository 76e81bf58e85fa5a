import type { ActionEvidence, BookChange, ReconciliationCertificate } from "../../live/commands.ts";
import type { RefusedIntent } from "../../live/events.ts";
import type { StoredPartition } from "../../live/stored.ts";
import type { IntentCommit, OrderStore, PartitionOwner } from "../../ports/order-store.ts";
import type { DecisionRecord } from "../../trading/decision.ts";
import type { FillId } from "../../trading/fill.ts";
import type { Instrument, InstrumentId } from "../../trading/instrument.ts";
import type { Intent } from "../../trading/intent.ts";
import type { PartitionId } from "../../trading/lease.ts";
import type { Position } from "../../trading/position.ts";
import type { AdmissionRequest } from "../../trading/risk/account-admission.ts";
import type { AccountOthers, EquityMarks } from "../../trading/risk/account-view.ts";
import { strategyScopes } from "../../trading/scope.ts";
import { admissionRow, type OthersRow, othersOf, reservationRow } from "./admission-rows.ts";
import { fillRow, intentRow, orderOf, orderRow, positionRow, type StoredOrderRow } from "./order-rows.ts";
import {
  ACCOUNT_OTHERS,
  COMMIT_INTENTS,
  LOAD_ENDED,
  LOAD_HEAD,
  LOAD_OPEN,
  RECORD_BOOK,
  RECORD_CERTIFICATE,
  RECORD_DENIALS,
  RECORD_EQUITY,
} from "./order-sql.ts";
import type { Postgres } from "./postgres.ts";

/** Late reports of orders that ended longer ago, and fills older than that, come only from a broken venue. */
const REMEMBERED = 1_000;
/** The server's refusals that no repetition changes: constraint violations and malformed values. */
const INVALID_STATE = /^(22|23)/;

interface HeadRow {
  readonly next_sequence: number;
  readonly fill_cursor: string | null;
  readonly armed_epoch: number;
  readonly runs: number;
  readonly equity: EquityMarks | null;
}

export interface OrderStoreOptions {
  /** The worker that writes, for the rows it makes. */
  readonly worker: string;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  /** Connections kept for the commits of intents (`openIntentLane`); without them those go with the rest. */
  readonly lane?: Postgres;
}

/** Intents, orders, fills and positions of partitions. Every write names the lease's token and fails without it. */
export class PostgresOrderStore implements OrderStore {
  readonly #postgres: Postgres;
  readonly #lane: Postgres;
  readonly #options: OrderStoreOptions;

  constructor(postgres: Postgres, options: OrderStoreOptions) {
    this.#postgres = postgres;
    this.#lane = options.lane ?? postgres;
    this.#options = options;
  }

  async load(partition: PartitionId, owner: PartitionOwner): Promise<StoredPartition> {
    const [open, ended, positions, fills, [head], requests] = await Promise.all([
      this.#postgres.query<StoredOrderRow>(LOAD_OPEN, [partition]),
      this.#postgres.query<StoredOrderRow>(LOAD_ENDED, [partition, REMEMBERED]),
      this.#postgres.query<{ body: Position }>("SELECT body FROM position WHERE partition = $1", [partition]),
      this.#postgres.query<{ venue_fill_id: FillId }>(
        // Newest first, so that the limit cuts off the oldest.
        "SELECT venue_fill_id FROM fill WHERE partition = $1 ORDER BY booked_at DESC LIMIT $2",
        [partition, REMEMBERED],
      ),
      this.#postgres.query<HeadRow>(LOAD_HEAD, [partition, owner.venue, owner.account, strategyScopes(owner)]),
      this.#postgres.query<{ request: string }>(
        `SELECT request FROM operator_request WHERE partition = $1 AND phase IN ('done', 'residual', 'refused')
         ORDER BY updated_at DESC LIMIT $2`,
        [partition, REMEMBERED],
      ),
    ]);
    return {
      nextSequence: head!.next_sequence,
      orders: open.map((row) => ({ intent: row.body, order: orderOf(row) })),
      positions: positions.map((row) => row.body),
      appliedFills: fills.map((row) => row.venue_fill_id),
      fillCursor: head!.fill_cursor ?? "",
      doneRequests: requests.map((row) => row.request),
      armedEpoch: head!.armed_epoch,
      runsSinceHuman: head!.runs,
      equity: head!.equity ?? undefined,
      endedOrders: ended.reverse().map((row) => ({ intent: row.body, order: orderOf(row) })),
    };
  }

  async commitIntents(
    partition: PartitionId,
    token: number,
    intents: readonly Intent[],
    admission: AdmissionRequest,
  ): Promise<IntentCommit> {
    const asks = new Map(admission.asks.map((ask) => [ask.id, ask]));
    const rows = intents.map((intent) => ({
      ...intentRow(intent, this.#instrument(intent.terms.instrument)),
      ...reservationRow(asks.get(intent.id), intent),
    }));
    try {
      const [outcome] = await this.#lane.query<{ held: boolean; refused: readonly RefusedIntent[] }>(COMMIT_INTENTS, [
        partition,
        token,
        this.#options.worker,
        JSON.stringify(rows),
        JSON.stringify(admissionRow(admission)),
      ]);
      const { held, refused } = outcome!;
      return held ? { kind: "committed", refused } : { kind: "refused", reason: "fenced" };
    } catch (error) {
      if (error instanceof Error && "code" in error && INVALID_STATE.test(String(error.code))) {
        return { kind: "refused", reason: "invalid" };
      }
      throw error;
    }
  }

  async others(partition: PartitionId, { venue, account }: PartitionOwner): Promise<AccountOthers> {
    const rows = await this.#postgres.query<OthersRow>(ACCOUNT_OTHERS, [venue, account, partition]);
    return othersOf(rows, this.#options.instruments);
  }

  async recordDenials(partition: PartitionId, token: number, decisions: readonly DecisionRecord[]): Promise<void> {
    await this.#postgres.query(RECORD_DENIALS, [partition, token, JSON.stringify(decisions)]);
  }

  async recordBook(partition: PartitionId, owner: PartitionOwner, change: BookChange): Promise<boolean> {
    const orders = change.orders.map((order) => orderRow(order, this.#instrument(order.terms.instrument)));
    const fills = change.fills.map((fill) => fillRow(fill, this.#instrument(fill.instrument)));
    const positions = change.positions.map((position) => positionRow(position, this.#instrument(position.instrument)));
    const [outcome] = await this.#postgres.query<{ held: boolean }>(RECORD_BOOK, [
      partition,
      change.token,
      JSON.stringify(orders),
      JSON.stringify(fills),
      JSON.stringify(positions),
      change.fillCursor ?? null,
      owner.venue,
      owner.account,
      owner.strategy,
      change.change,
    ]);
    return outcome!.held;
  }

  async recordEquity(
    partition: PartitionId,
    { venue, account }: PartitionOwner,
    token: number,
    { day, dayStart, peak, armedEpoch }: EquityMarks,
  ): Promise<void> {
    const values = [partition, token, venue, account, day, dayStart, peak, armedEpoch];
    await this.#postgres.execute(RECORD_EQUITY, values);
  }

  async recordCertificate(
    partition: PartitionId,
    worker: string,
    certificate: ReconciliationCertificate,
  ): Promise<boolean> {
    const { token, epoch, openOrders, snapshotAt } = certificate;
    const written = await this.#postgres.execute(RECORD_CERTIFICATE, [
      partition,
      token,
      worker,
      epoch,
      openOrders,
      JSON.stringify(certificate),
      snapshotAt,
    ]);
    return written > 0;
  }

  async recordProgress(partition: PartitionId, evidence: ActionEvidence): Promise<void> {
    await this.#postgres.execute(
      `INSERT INTO operator_request (request, partition, action, phase, evidence) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (request, partition) DO UPDATE SET
         phase = excluded.phase, evidence = excluded.evidence, updated_at = clock_timestamp()`,
      [evidence.request, partition, evidence.action, evidence.phase, JSON.stringify(evidence)],
    );
  }

  /** The connection is whose who opened it. */
  close(): void {}

  #instrument(id: InstrumentId): Instrument {
    const instrument = this.#options.instruments.get(id);
    if (instrument === undefined) throw new Error(`unknown instrument ${id}`);
    return instrument;
  }
}
