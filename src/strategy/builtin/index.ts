import type { AnyStrategy } from "../define-strategy.ts";
import { breakout } from "./breakout.ts";
import { channel } from "./channel.ts";
import { meanReversion } from "./mean-reversion.ts";
import { pairs } from "./pairs.ts";
import { smaBracket } from "./sma-bracket.ts";
import { smaCross } from "./sma-cross.ts";

const ALL: readonly AnyStrategy[] = [smaCross, smaBracket, breakout, channel, meanReversion, pairs];

/** The strategies that come with ttt, by name. */
export const BUILT_IN_STRATEGIES: ReadonlyMap<string, AnyStrategy> = new Map(ALL.map((one) => [one.name, one]));
