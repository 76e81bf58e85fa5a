import type { FeedBar, MarketData } from "../../ports/market-data.ts";

export interface FeedWatcher {
  readonly onBar: (bar: FeedBar) => void;
  /** All that follows from a bar is done. */
  readonly onDone: () => void;
}

/** Sees what comes from the feeds of a worker and what is still under way, so that standing still can be told. */
export class FeedWatch {
  readonly #watcher: FeedWatcher;
  #followed = 0;
  #unfinished = 0;

  constructor(watcher: FeedWatcher) {
    this.#watcher = watcher;
  }

  /** Whether a bar is to be expected: a feed is followed and has not ended. */
  get expectsBars(): boolean {
    return this.#followed > 0;
  }

  /** Whether a bar has come whose consequences are not all done. */
  get hasUnfinished(): boolean {
    return this.#unfinished > 0;
  }

  watch(feed: MarketData): MarketData {
    const { onBar, onDone } = this.#watcher;
    let follows = false;
    const follow = (now: boolean) => {
      if (follows !== now) this.#followed += now ? 1 : -1;
      follows = now;
    };
    return {
      history: (instrument, count) => feed.history(instrument, count),
      subscribe: async (instruments, listener) => {
        follow(true);
        await feed.subscribe(instruments, {
          onBar: (bar) => {
            this.#unfinished += 1;
            onBar(bar);
            const done = () => {
              this.#unfinished -= 1;
              onDone();
              bar.done();
            };
            listener.onBar({ ...bar, done });
          },
          onGap: () => listener.onGap(),
          onEnd: () => {
            follow(false);
            listener.onEnd();
          },
        });
      },
      close: () => {
        follow(false);
        return feed.close();
      },
    };
  }
}
