/** What a flag may be: its values, what holds where nobody has set it, and what it does. */
export type FlagSpec = (
  | { readonly type: "boolean"; readonly default: boolean }
  | {
      readonly type: "integer";
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly unit: string;
    }
) & {
  /** What the value does, in one sentence. */
  readonly meaning: string;
  /** Which daemons read it. */
  readonly readBy: readonly string[];
};

/**
 * Every flag there is. Flags are levers for an incident, read live by the daemons; what stops trading is the kill
 * switch, which no flag can stand in for.
 */
export const FLAGS = {
  "api.read-only": {
    type: "boolean",
    default: false,
    meaning: "The API refuses every change but kills, alerts, incidents and flags.",
    readBy: ["api"],
  },
  "backtest.admission": {
    type: "boolean",
    default: true,
    meaning: "The API takes in new backtests and sweeps. Off: what runs goes on, what is new is turned away.",
    readBy: ["api"],
  },
  "backtest.work": {
    type: "boolean",
    default: true,
    meaning: "Backtesters take jobs. Off: each ends the one it has, and the rest wait.",
    readBy: ["backtester"],
  },
  "backtest.pause": {
    type: "integer",
    ...{ default: 0, min: 0, max: 60_000, unit: "ms" },
    meaning: "Backtesters rest this long between two jobs, and leave the processors to trading.",
    readBy: ["backtester"],
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

export type FlagName = keyof typeof FLAGS;
export type FlagValue = boolean | number;
export type ValueOf<N extends FlagName> = (typeof FLAGS)[N]["type"] extends "boolean" ? boolean : number;

/** A flag that somebody has set. Times in milliseconds since the epoch. */
export interface SetFlag {
  readonly name: string;
  readonly value: FlagValue;
  readonly reason: string;
  readonly actor: string;
  readonly setAt: number;
  readonly expiresAt: number | undefined;
}

export const isFlagName = (name: string): name is FlagName => Object.hasOwn(FLAGS, name);

/** The value in a text, or why it is none. */
export function parseFlagValue(
  name: FlagName,
  text: string,
): { readonly value: FlagValue } | { readonly expected: string } {
  const spec: FlagSpec = FLAGS[name];
  if (spec.type === "boolean") {
    if (/^(on|true|yes)$/i.test(text)) return { value: true };
    if (/^(off|false|no)$/i.test(text)) return { value: false };
    return { expected: "on or off" };
  }
  const value = Number(text);
  const isFit = text.trim() !== "" && Number.isInteger(value) && value >= spec.min && value <= spec.max;
  return isFit ? { value } : { expected: `a whole number of ${spec.unit} from ${spec.min} to ${spec.max}` };
}

/** What holds: what was set and has not run out, else the default. A value that this build does not take counts as unset. */
export function flagValue<N extends FlagName>(name: N, set: readonly SetFlag[], now: number): ValueOf<N> {
  const row = set.find((one) => one.name === name);
  const isInForce = row !== undefined && (row.expiresAt === undefined || row.expiresAt > now);
  const parsed = isInForce ? parseFlagValue(name, String(row.value)) : undefined;
  const value = parsed !== undefined && "value" in parsed ? parsed.value : FLAGS[name].default;
  return value as ValueOf<N>;
}

export const showFlagValue = (value: FlagValue): string =>
  typeof value === "boolean" ? (value ? "on" : "off") : String(value);
