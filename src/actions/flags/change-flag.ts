import type { Clock } from "../../core/clock.ts";
import { OperatorError } from "../../core/errors.ts";
import {
  FLAGS,
  type FlagName,
  type FlagValue,
  flagValue,
  isFlagName,
  parseFlagValue,
  type SetFlag,
  showFlagValue,
} from "../../ops/flag.ts";
import type { FlagStore } from "../../ports/flag-store.ts";

/** A flag as it holds now. */
export interface FlagView {
  readonly name: FlagName;
  readonly value: FlagValue;
  readonly default: FlagValue;
  readonly meaning: string;
  readonly readBy: readonly string[];
  /** Who set it and why; undefined where the default holds. */
  readonly set: Omit<SetFlag, "name" | "value"> | undefined;
}

export interface FlagCommand {
  readonly actor: string;
  readonly origin: string;
  readonly commandId: string;
}

interface FlagPorts {
  readonly flags: FlagStore;
  readonly clock: Clock;
}

/** Every flag there is, set or not. */
export async function listFlags({ flags, clock }: FlagPorts): Promise<readonly FlagView[]> {
  const set = await flags.read();
  return (Object.keys(FLAGS) as FlagName[]).map((name) => viewOf(name, set, clock.now()));
}

/** Sets a flag, on record, for a while or until it is unset. Throws `notFound` and `usage`; nothing is written then. */
export async function setFlag(
  ports: FlagPorts,
  wish: { readonly name: string; readonly value: string; readonly reason: string; readonly lastsMs?: number },
  command: FlagCommand,
): Promise<FlagView> {
  const { name, value } = wishedValue(wish);
  const reason = needed(wish.reason);
  const now = ports.clock.now();
  const expiresAt = wish.lastsMs === undefined ? undefined : now + wish.lastsMs;
  await ports.flags.write(command, {
    name,
    reason,
    to: { value, expiresAt },
    entry: (before) => {
      const was = showFlagValue(flagValue(name, before === undefined ? [] : [before], now));
      const until = expiresAt === undefined ? {} : { until: new Date(expiresAt).toISOString() };
      return { kind: "flag.set", body: { flag: name, value: showFlagValue(value), was, reason, ...until } };
    },
  });
  return viewOf(name, await ports.flags.read(), now);
}

/** The flag that was named, and the value that was typed for it. Throws `notFound` and `usage`. */
export function wishedValue(wish: { readonly name: string; readonly value: string }): {
  readonly name: FlagName;
  readonly value: FlagValue;
} {
  const name = known(wish.name);
  const parsed = parseFlagValue(name, wish.value);
  if ("value" in parsed) return { name, value: parsed.value };
  throw new OperatorError(`${wish.value} is no value of ${name}.`, {
    exit: "usage",
    code: "FLAG_VALUE",
    expected: parsed.expected,
    found: wish.value,
    hint: "ttt flag list",
  });
}

/** Lets the default hold again, on record. */
export async function unsetFlag(
  ports: FlagPorts,
  wish: { readonly name: string; readonly reason: string },
  command: FlagCommand,
): Promise<FlagView> {
  const name = known(wish.name);
  const reason = needed(wish.reason);
  const now = ports.clock.now();
  await ports.flags.write(command, {
    name,
    reason,
    to: undefined,
    entry: (before) => {
      const was = showFlagValue(flagValue(name, before === undefined ? [] : [before], now));
      return { kind: "flag.unset", body: { flag: name, value: showFlagValue(FLAGS[name].default), was, reason } };
    },
  });
  return viewOf(name, await ports.flags.read(), now);
}

function viewOf(name: FlagName, rows: readonly SetFlag[], now: number): FlagView {
  const { meaning, readBy, default: usual } = FLAGS[name];
  const row = rows.find((one) => one.name === name && (one.expiresAt === undefined || one.expiresAt > now));
  const { name: _name, value: _value, ...set } = row ?? {};
  const isSet = row !== undefined;
  return {
    ...{ name, meaning, readBy, default: usual, value: flagValue(name, rows, now) },
    set: isSet ? (set as FlagView["set"]) : undefined,
  };
}

function known(name: string): FlagName {
  if (isFlagName(name)) return name;
  throw new OperatorError(`There is no flag ${name}.`, {
    exit: "notFound",
    code: "FLAG_UNKNOWN",
    expected: Object.keys(FLAGS).join(", "),
    found: name,
    hint: "ttt flag list",
  });
}

function needed(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed !== "" && trimmed.length <= 500) return trimmed;
  throw new OperatorError("A flag is changed for a reason.", {
    exit: "usage",
    code: "REASON_MISSING",
    expected: "1 to 500 characters",
    found: `${trimmed.length}`,
  });
}
