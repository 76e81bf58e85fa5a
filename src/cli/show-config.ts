import { type ConfigEntry, loadConfig } from "../runtime/config.ts";

export type ConfigRow = ConfigEntry;

/** The resolved configuration, fit to be shown: every setting with its source, secrets masked. */
export async function showConfig(): Promise<{ home: string; profile: string; settings: readonly ConfigRow[] }> {
  const { paths, profile, entries } = await loadConfig();
  return { home: paths.home, profile, settings: entries };
}
