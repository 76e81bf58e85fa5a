import { Text, useInput, usePaste } from "ink";
import { useSyncExternalStore } from "react";
import type { ConsoleStore } from "../state/console-store.ts";
import { keysIn } from "./key-name.ts";
import type { ScreenPaint } from "./screen-paint.ts";

/** The console as Ink draws it: one character that stands for the store's rows. */
export function App({ store, paint }: { store: ConsoleStore; paint: ScreenPaint }) {
  const rows = useSyncExternalStore(store.subscribe, store.rows);
  useInput((input, key) => store.press(...keysIn(input, key)));
  usePaste((text) => store.paste(text));
  return <Text>{paint.markFor(rows)}</Text>;
}
