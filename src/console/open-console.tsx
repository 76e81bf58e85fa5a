import { render } from "ink";
import type { DeskFeed } from "../actions/desk-feed.ts";
import type { CarryOut } from "../actions/desk-request.ts";
import type { Clock } from "../core/clock.ts";
import { App } from "./ink/app.tsx";
import { paintedOutput } from "./ink/painted-output.ts";
import { ScreenPaint } from "./ink/screen-paint.ts";
import { Keymap, type KeyOverrides } from "./input/commands.ts";
import { initialState, type ScreenName } from "./state/console-state.ts";
import { ConsoleStore } from "./state/console-store.ts";
import { themeFor } from "./view/theme.ts";

export interface ConsoleOptions {
  readonly feed: DeskFeed;
  readonly carryOut: CarryOut;
  readonly clock: Clock;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly screen?: ScreenName;
  readonly keys?: KeyOverrides;
}

/** At most so many frames a second. */
const MOST_FRAMES = 10;

/**
 * Shows the console until the person leaves it. The terminal is put back in every end: leaving, a signal, a throw.
 * It is a client: nothing in the stack notices that it came or went.
 */
export async function openConsole(options: ConsoleOptions): Promise<void> {
  const { feed, carryOut, clock, stdin, stdout } = options;
  const colourDepth = stdout.getColorDepth();
  const paint = new ScreenPaint();
  let leave = () => {};
  const store = new ConsoleStore({
    feed,
    carryOut,
    clock,
    keymap: new Keymap(options.keys),
    state: initialState(themeFor(colourDepth), options.screen),
    size: { columns: stdout.columns, rows: stdout.rows },
    colourDepth,
    onQuit: () => leave(),
  });
  // Before the first frame, so that no key typed early is echoed into it.
  stdin.setRawMode(true);
  const ink = render(<App store={store} paint={paint} />, {
    stdin,
    stdout: paintedOutput(stdout, paint),
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: MOST_FRAMES,
  });
  leave = () => ink.unmount();
  // What a terminal does with rows that became too long or too many differs from one to the next.
  const resize = () => {
    paint.forget();
    store.resize({ columns: stdout.columns, rows: stdout.rows });
  };
  stdout.on("resize", resize);
  store.open();
  try {
    await ink.waitUntilExit();
  } finally {
    stdout.off("resize", resize);
    store.close();
  }
}
