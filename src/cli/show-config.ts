import { type ConfigEntry, loadConfig } from "../runtime/config.ts";

export type ConfigRow = ConfigEntry;

export interface ShownConfig {
  readonly home: string;
  readonly profile: string;
  readonly settings: readonly ConfigRow[];
  /** What is wrong with it, in words. With any of these nothing starts. */
  readonly problems: readonly string[];
}

/** The resolved configuration, fit to be shown: every setting with its source, secrets masked. */
export async function showConfig(): Promise<ShownConfig> {
  const { paths, profile, entries, leftOut } = await loadConfig(undefined, { forgiving: true });
  return { home: paths.home, profile, settings: entries, problems: leftOut };
}
