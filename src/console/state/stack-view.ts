import type {
  BacktestView,
  DeskMessage,
  IncidentView,
  RunbookView,
  ServiceView,
  Topic,
  TradingView,
} from "../../actions/desk-feed.ts";

/** One topic of the stack and how far it can be trusted. */
export interface Watched<T> {
  readonly value: T;
  readonly status: "connecting" | "live" | "lost";
  /** When its source was last heard, wall time; undefined when it never was. */
  readonly heardAt: number | undefined;
  readonly sequence: number;
  /** Messages that never arrived since the last snapshot. */
  readonly missed: number;
  readonly reason?: string;
  readonly hint?: string;
}

/** The stack as the messages so far show it. */
export interface StackView {
  readonly services: Watched<readonly ServiceView[]>;
  readonly trading: Watched<TradingView | undefined>;
  readonly backtests: Watched<readonly BacktestView[]>;
  readonly incidents: Watched<readonly IncidentView[]>;
  readonly runbooks: Watched<readonly RunbookView[]>;
  readonly logs: Watched<undefined>;
}

const MOST_FILLS = 500;
const MOST_TRANSITIONS = 50;
/** Five minutes, a sample a second. */
const MOST_SAMPLES = 300;

const UNHEARD = { status: "connecting", heardAt: undefined, sequence: -1, missed: 0 } as const;

export const UNSEEN: StackView = {
  services: { ...UNHEARD, value: [] },
  trading: { ...UNHEARD, value: undefined },
  backtests: { ...UNHEARD, value: [] },
  incidents: { ...UNHEARD, value: [] },
  runbooks: { ...UNHEARD, value: [] },
  logs: { ...UNHEARD, value: undefined },
};

/**
 * The view after one message. Events of a topic that has no snapshot, and events older than what was seen, change
 * nothing; a gap in the sequence is counted until the next snapshot.
 */
export function applyMessage(view: StackView, message: DeskMessage): StackView {
  const before = view[message.topic];
  if (message.kind === "lost") return withTopic(view, message.topic, lost(before, message));
  if (message.kind === "snapshot") return withSnapshot(view, message);
  const started = before.sequence >= 0 || message.topic === "logs";
  if (!started || message.sequence <= before.sequence) return view;
  const heard = {
    status: "live",
    heardAt: message.at,
    sequence: message.sequence,
    missed: before.missed + (before.sequence < 0 ? 0 : message.sequence - before.sequence - 1),
  } as const;
  switch (message.kind) {
    case "service": {
      const known = view.services.value.find(({ instance }) => instance === message.service.instance);
      const service = withLag(known, withTransition(known, message.service));
      return { ...view, services: { ...heard, value: upsert(view.services.value, service, "instance") } };
    }
    case "service-gone": {
      const value = view.services.value.filter(({ instance }) => instance !== message.instance);
      return { ...view, services: { ...heard, value } };
    }
    case "fill": {
      const trading = view.trading.value;
      const fills = [message.fill, ...(trading?.fills ?? [])].slice(0, MOST_FILLS);
      return { ...view, trading: { ...heard, value: trading && { ...trading, fills } } };
    }
    case "backtest":
      return { ...view, backtests: { ...heard, value: upsert(view.backtests.value, message.backtest, "id") } };
    case "lines":
    case "heard":
      return withTopic(view, message.topic, { ...before, ...heard });
  }
}

/** How old a topic's data is at `now`; undefined when there is none. */
export function ageOf(watched: Watched<unknown>, now: number): number | undefined {
  return watched.heardAt === undefined ? undefined : Math.max(0, now - watched.heardAt);
}

type Message<Kind extends DeskMessage["kind"]> = Extract<DeskMessage, { kind: Kind }>;

function withSnapshot(view: StackView, message: Message<"snapshot">): StackView {
  const fresh = { status: "live", heardAt: message.at, sequence: message.sequence, missed: 0 } as const;
  switch (message.topic) {
    case "services":
      return { ...view, services: { ...fresh, value: message.services } };
    case "trading":
      return { ...view, trading: { ...fresh, value: message.trading } };
    case "backtests":
      return { ...view, backtests: { ...fresh, value: message.backtests } };
    case "incidents":
      return { ...view, incidents: { ...fresh, value: message.incidents } };
    case "runbooks":
      return { ...view, runbooks: { ...fresh, value: message.runbooks } };
  }
}

/** What was last known stays, with its age; the sequence starts over. */
function lost(before: Watched<unknown>, { reason, hint }: Message<"lost">): Watched<unknown> {
  const { value, heardAt } = before;
  const problem = { reason, ...(hint !== undefined && { hint }) };
  return { value, heardAt, status: "lost", sequence: -1, missed: 0, ...problem };
}

function withTopic(view: StackView, topic: Topic, watched: Watched<unknown>): StackView {
  return { ...view, [topic]: watched };
}

/** What was seen to happen to it, when its source does not tell. */
function withTransition(before: ServiceView | undefined, service: ServiceView): ServiceView {
  if (service.transitions || !before) return service;
  const seen = before.transitions ?? [];
  if (before.state === service.state) return { ...service, transitions: seen };
  const transition = { at: service.since, from: before.state, to: service.state, evidence: service.reason ?? "" };
  return { ...service, transitions: [...seen, transition].slice(-MOST_TRANSITIONS) };
}

/** How its event loop was over the last minutes. A new process begins anew. */
function withLag(before: ServiceView | undefined, service: ServiceView): ServiceView {
  if (service.lagMs === undefined) return service;
  const seen = before?.pid === service.pid ? (before?.lagHistory ?? []) : [];
  return { ...service, lagHistory: [...seen, service.lagMs].slice(-MOST_SAMPLES) };
}

function upsert<T, K extends keyof T>(list: readonly T[], item: T, key: K): readonly T[] {
  const at = list.findIndex((one) => one[key] === item[key]);
  return at < 0 ? [...list, item] : list.with(at, item);
}
