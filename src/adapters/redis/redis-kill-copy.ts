import type { Redis } from "ioredis";
import type { Cancel } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import type { KillCopy, LevelChanged, LevelRaise, UnrecordedKill } from "../../ports/kill-store.ts";
import type { KillState, SetLevel, StoreReading } from "../../trading/kill-state.ts";
import { type ArmedEpochs, isUnrecorded, latchedState } from "../../trading/latched-kill.ts";
import { type Level, parseLevel } from "../../trading/level.ts";
import { parseScope, type Scope } from "../../trading/scope.ts";
import { channels, keys } from "./keys.ts";
import { openRedis, redisCall } from "./redis.ts";

interface Entry {
  readonly scope: Scope;
  readonly level: Level;
  /** Undefined when somebody set it by hand. */
  readonly epoch: number | undefined;
  readonly text: string;
}

/** Raises one entry; a stricter one stays. Gives 1 when it changed. KEYS: global, scopes. ARGV: scope, level, text. */
const RAISE = `
  local rank = { RUN = 1, REDUCE_ONLY = 2, BLOCK = 3 }
  local old
  if ARGV[1] == 'global' then old = redis.call('GET', KEYS[1]) else old = redis.call('HGET', KEYS[2], ARGV[1]) end
  if old == ARGV[3] then return 0 end
  local held = old and (rank[string.match(old, '^[A-Z_]+')] or 3) or 0
  if held > rank[ARGV[2]] then return 0 end
  if ARGV[1] == 'global' then redis.call('SET', KEYS[1], ARGV[3]) else redis.call('HSET', KEYS[2], ARGV[1], ARGV[3]) end
  return 1`;

/**
 * Writes what the authority shows, entry by entry: an absent one, or one of an older epoch. One without an epoch or of
 * a later one is a kill that the authority does not know, and stays. ARGV: epoch, then scope and text in turn.
 */
const FOLLOW = `
  for i = 2, #ARGV, 2 do
    local old
    if ARGV[i] == 'global' then old = redis.call('GET', KEYS[1]) else old = redis.call('HGET', KEYS[2], ARGV[i]) end
    local epoch = old and tonumber(string.match(old, '@(%d+)$'))
    if (not old) or (epoch and epoch <= tonumber(ARGV[1]) and old ~= ARGV[i + 1]) then
      if ARGV[i] == 'global' then redis.call('SET', KEYS[1], ARGV[i + 1])
      else redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
    end
  end
  return 1`;

/**
 * The fast copy of the levels in Redis. It can kill (also by hand: SET ttt:kill:global BLOCK) and it never arms: what
 * it holds without the authority's epoch stands until the authority has recorded it. Empty means BLOCK (KS-08).
 */
export class RedisKillCopy implements KillCopy {
  readonly name = "redis";
  readonly role = "copy";
  readonly #url: string;
  #speaker: Promise<Redis> | undefined;
  #listener: Promise<Redis> | undefined;

  /** Connects at first use, and again after a failure: a worker must start, blocked, while Redis is down. */
  constructor(url: string) {
    this.#url = url;
  }

  async read(armed: ArmedEpochs): Promise<StoreReading> {
    const store = { store: this.name, role: this.role } as const;
    try {
      const entries = await this.#entries();
      const global = entries.find(({ scope }) => scope === "global");
      if (global === undefined) return { ...store, status: "absent" };
      const kills = entries.flatMap(({ scope, level, epoch }) => (level === "RUN" ? [] : [{ scope, level, epoch }]));
      const held = latchedState(kills, armed);
      const levels = new Map<Scope, SetLevel>(held.levels);
      if (!levels.has("global")) levels.set("global", { level: "RUN", since: global.epoch ?? 0 });
      return { ...store, status: "read", state: { epoch: global.epoch ?? held.epoch, levels } };
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      return { ...store, status: "unreachable" };
    }
  }

  async raise({ scope, level, epoch }: LevelRaise): Promise<LevelChanged> {
    const redis = await this.#connected();
    const changed = await redisCall(
      redis.eval(RAISE, 2, keys.killGlobal, keys.killScopes, scope, level, textOf(level, epoch)),
    );
    const change = { scope, level, epoch: epoch ?? 0, changed: changed === 1 };
    await redisCall(redis.publish(channels.kill(redis.options.db ?? 0), JSON.stringify(change)));
    return change;
  }

  async onChange(listener: (change: LevelChanged | undefined) => void): Promise<Cancel> {
    this.#listener ??= openRedis(this.#url, { subscriber: true });
    this.#listener.catch(() => {
      this.#listener = undefined;
    });
    const redis = await this.#listener;
    const onMessage = (_channel: string, message: string) => listener(JSON.parse(message) as LevelChanged);
    const onReady = () => listener(undefined);
    redis.on("message", onMessage);
    redis.on("ready", onReady);
    await redisCall(redis.subscribe(channels.kill(redis.options.db ?? 0)));
    return () => {
      redis.off("message", onMessage);
      redis.off("ready", onReady);
    };
  }

  async follow(state: KillState, _armed: ArmedEpochs): Promise<void> {
    const wanted = [...state.levels].map(([scope, { level, since }]): [Scope, string] => [
      scope,
      // The global entry carries the epoch of all: equal epochs are what arming asks for (KS-06).
      textOf(level, scope === "global" ? state.epoch : since),
    ]);
    const held = new Map((await this.#entries()).map(({ scope, text }) => [scope, text]));
    if (wanted.every(([scope, text]) => held.get(scope) === text)) return;
    const redis = await this.#connected();
    await redisCall(redis.eval(FOLLOW, 2, keys.killGlobal, keys.killScopes, state.epoch, ...wanted.flat()));
  }

  async unrecorded(authorityEpoch: number): Promise<readonly UnrecordedKill[]> {
    return (await this.#entries()).flatMap(({ scope, level, epoch, text }): UnrecordedKill[] => {
      if (level === "RUN" || !isUnrecorded({ scope, level, epoch }, authorityEpoch)) return [];
      // The authority's epoch makes two kills set by hand at different times two commands.
      return [{ scope, level, reason: "set in Redis", commandId: `redis:${scope}:${text}:${authorityEpoch}` }];
    });
  }

  async close(): Promise<void> {
    for (const connection of [this.#speaker, this.#listener]) (await connection?.catch(() => undefined))?.disconnect();
  }

  async #entries(): Promise<Entry[]> {
    const redis = await this.#connected();
    const [global, scopes] = await redisCall(Promise.all([redis.get(keys.killGlobal), redis.hgetall(keys.killScopes)]));
    const texts: [string, string][] = [
      ...(global === null ? [] : [["global", global] as [string, string]]),
      ...Object.entries(scopes),
    ];
    return texts.flatMap(([name, text]) => {
      const scope = parseScope(name);
      return scope === undefined ? [] : [entryOf(scope, text)];
    });
  }

  #connected(): Promise<Redis> {
    this.#speaker ??= openRedis(this.#url);
    this.#speaker.catch(() => {
      this.#speaker = undefined;
    });
    return this.#speaker;
  }
}

const textOf = (level: Level, epoch: number | undefined) => (epoch === undefined ? level : `${level}@${epoch}`);

function entryOf(scope: Scope, text: string): Entry {
  const [, level, epoch] = /^(RUN|REDUCE_ONLY|BLOCK)(?:@(\d+))?$/.exec(text) ?? [];
  // A RUN without an epoch says nothing that the authority said: like all that is not understood, it blocks.
  const arms = level === "RUN" && epoch === undefined;
  return {
    scope,
    level: arms ? "BLOCK" : parseLevel(level),
    epoch: epoch === undefined ? undefined : Number(epoch),
    text,
  };
}
