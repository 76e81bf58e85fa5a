import type { Level } from "../trading/level.ts";
import { liveEntries } from "./book.ts";
import type { SessionCore } from "./core.ts";
import type { OperatorDesk } from "./operator-desk.ts";
import type { OrderFlow } from "./order-flow.ts";
import type { Comparison } from "./reconciler.ts";
import { TriggerDesk } from "./trigger-desk.ts";

/** A certificate is renewed with every clean snapshot, but written down only this often. */
const CERTIFICATE_RECORD_MS = 60_000;

/** What is due at the end of every step: deadlines, questions, snapshots, operators, commits, records, acknowledgements. */
export class Upkeep {
  readonly #core: SessionCore;
  readonly #flow: OrderFlow;
  readonly #operators: OperatorDesk;
  readonly #triggers: TriggerDesk;
  #acknowledged: { readonly epoch: number; readonly level: Level } | undefined;
  #certificateRecordedAt = Number.NEGATIVE_INFINITY;
  /** When the switch was last asked for, and until when the venue has said that it holds. */
  #deadManAt = Number.NEGATIVE_INFINITY;
  deadManUntil: number | undefined;
  #adoptedFills = 0;
  #adoptedOrders = 0;

  constructor(core: SessionCore, flow: OrderFlow, operators: OperatorDesk) {
    this.#core = core;
    this.#flow = flow;
    this.#operators = operators;
    this.#triggers = new TriggerDesk(core);
  }

  run(): void {
    const loaded = this.#core.phase !== "idle" && this.#core.phase !== "loading";
    if (loaded) {
      this.#flow.noticeSilence();
      this.#flow.repeatCancels();
      this.#triggers.run();
      this.#operators.advance();
      this.#ask();
      this.#flow.commit();
      this.#refreshDeadMan();
      this.#record();
    }
    this.#acknowledge();
    if (loaded) this.#drain();
  }

  /** What a snapshot showed: a certificate when nothing differs and nothing is open to doubt (OL-05, OL-06). */
  reconcile(comparison: Comparison | undefined): void {
    if (comparison === undefined) return;
    const { book, reconciler, desk, now, inquiries } = this.#core;
    this.#adoptedFills += comparison.missedFills.length;
    this.#adoptedOrders += comparison.strays.length;
    const positions = reconciler.comparePositions(comparison.snapshot, book, desk.account);
    if (positions === "drift") {
      this.#core.stop(
        "DRIFT",
        `own positions differ from the venue's by ${reconciler.driftLots} lots in two snapshots`,
      );
    }
    const doubt = inquiries.size > 0 || this.#core.unresolved > 0 || comparison.strays.length > 0;
    this.#core.urgent = doubt || positions !== "equal";
    this.#operators.observe(comparison);
    if (this.#core.urgent) return;
    reconciler.certifiedAt = now.mono;
    if (this.#core.phase === "reconciling") this.#core.phase = "trading";
    this.#recordCertificate(comparison);
  }

  get wakeAt(): number | undefined {
    const { phase, reconciler, urgent, inquiries, connected, now } = this.#core;
    if (phase === "released" || phase === "idle" || phase === "loading") return undefined;
    const times: (number | undefined)[] = [this.#flow.wakeAt];
    if (phase === "trading" && this.#core.isHolder) times.push(this.#triggers.wakeAt);
    if (connected) {
      times.push(reconciler.wakeAt(urgent), inquiries.wakeAt);
      if (this.#keepsDeadMan) times.push(this.#deadManAt + this.#core.timing.deadManMs / 4);
    }
    const earliest = times.reduce((a, b) => (a === undefined ? b : b === undefined ? a : Math.min(a, b)), undefined);
    // Never a busy loop: what is overdue and could not be done now is looked at again a little later.
    return earliest === undefined ? undefined : Math.max(earliest, now.mono + 1);
  }

  #ask(): void {
    const { connected, inquiries, reconciler, book, now, urgent } = this.#core;
    if (!connected) return;
    for (const { id, request } of inquiries.due(now.mono)) this.#core.emit({ kind: "query-order", request, id });
    const request = reconciler.due(now.mono, urgent);
    if (request !== undefined) this.#core.emit({ kind: "request-snapshot", request, fillCursor: book.fillCursor });
  }

  /** The venue's own switch is held open only by a worker that may trade (KS-27). */
  #refreshDeadMan(): void {
    const { now, timing } = this.#core;
    if (!this.#keepsDeadMan) return;
    if (now.mono < this.#deadManAt + timing.deadManMs / 4) return;
    this.#deadManAt = now.mono;
    this.#core.emit({ kind: "refresh-dead-man", timeoutMs: timing.deadManMs });
  }

  get #keepsDeadMan(): boolean {
    const { config, connected, holdings, now, phase } = this.#core;
    return config.capabilities.deadMan && connected && phase !== "draining" && holdings.mayAct(now.mono);
  }

  #record(): void {
    const change = this.#core.book.takeChange(this.#core.token);
    if (change !== undefined) this.#core.emit({ kind: "record-book", ...change });
  }

  /** From here on the session acts under this epoch: nothing after `lastSent` has left under an older one (KS-10). */
  #acknowledge(): void {
    const { config, desk, holdings, lastSent } = this.#core;
    const first = config.instruments[0];
    if (first === undefined || holdings.permit === undefined) return;
    const state = holdings.standingLevel(desk.ownerOf(first.id));
    const same = this.#acknowledged?.epoch === state.epoch && this.#acknowledged.level === state.level;
    if (same) return;
    this.#acknowledged = state;
    this.#core.emit({ kind: "acknowledge-level", ...state, lastSent });
  }

  #recordCertificate({ snapshot, ownOpen }: Comparison): void {
    const { now, token, holdings, book } = this.#core;
    if (now.mono < this.#certificateRecordedAt + CERTIFICATE_RECORD_MS) return;
    this.#certificateRecordedAt = now.mono;
    this.#core.emit({
      kind: "record-certificate",
      certificate: {
        token,
        epoch: holdings.state.epoch,
        issuedAt: now.wall,
        snapshotAt: snapshot.takenAt,
        openOrders: ownOpen.length,
        positions: book.positions.map(({ instrument, lots }) => ({ instrument, lots })),
        adoptedOrders: this.#adoptedOrders,
        adoptedFills: this.#adoptedFills,
      },
    });
  }

  /** Hands over once nothing is under way: what rests at the venue goes on resting for the next holder (OL-09). */
  #drain(): void {
    const how = this.#operators.draining;
    if (how === undefined) return;
    this.#core.phase = "draining";
    this.#core.urgent = true;
    const { book, commits, token } = this.#core;
    const open = liveEntries(book).some(
      ({ order }) => order.state === "submitted" || order.state === "unresolved" || order.state === "pending-cancel",
    );
    if (open || !commits.isEmpty) return;
    this.#operators.drained();
    this.#record();
    if (how === "stop" && this.#core.config.capabilities.deadMan) this.#core.emit({ kind: "disarm-dead-man" });
    this.#core.emit({ kind: "release-lease", token });
    this.#core.phase = "released";
  }
}
