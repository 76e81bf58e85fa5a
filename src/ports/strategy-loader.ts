import type { AnyStrategy } from "../strategy/define-strategy.ts";

/** Finds strategies: built-in ones by name, those of users in files that are loaded as they are. */
export interface StrategyLoader {
  /**
   * `reference` is a built-in's name or a path. With `source` the text is loaded instead of a file at that path.
   * Throws OperatorError: `STRATEGY_UNKNOWN`, `STRATEGY_NOT_LOADED` (does not compile, throws, exports no strategy).
   */
  load(reference: string, source?: string): Promise<LoadedStrategy>;
  /** The text of a strategy file, for sending it along; undefined for a built-in. */
  sourceOf(reference: string): Promise<string | undefined>;
}

export interface LoadedStrategy {
  readonly strategy: AnyStrategy;
  /** Where it came from: nothing for a built-in. */
  readonly path?: string;
  /** SHA-256 of the file's text; undefined for a built-in, which changes only with the engine. */
  readonly hash?: string;
}
