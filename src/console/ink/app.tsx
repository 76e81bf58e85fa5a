import { Box, Text, useInput, usePaste } from "ink";
import { memo, useSyncExternalStore } from "react";
import type { ConsoleStore } from "../state/console-store.ts";
import { keysIn } from "./key-name.ts";
import type { RowPaint } from "./row-paint.ts";

/** The console as Ink draws it: the store's rows, one text node each. */
export function App({ store, paint }: { store: ConsoleStore; paint: RowPaint }) {
  const rows = useSyncExternalStore(store.subscribe, store.rows);
  useInput((input, key) => store.press(...keysIn(input, key)));
  usePaste((text) => store.paste(text));
  return (
    <Box flexDirection="column" height={rows.length} overflow="hidden">
      {rows.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Row key={index} character={paint.characterFor(index, text)} />
      ))}
    </Box>
  );
}

const Row = memo(function Row({ character }: { character: string }) {
  return <Text>{character}</Text>;
});
