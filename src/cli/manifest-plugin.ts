import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command, Interfaces } from "@oclif/core";

type Manifest = { readonly commands: Readonly<Record<string, Command.Cached>> };

/**
 * ttt as oclif's root plugin, made from the manifest that the build wrote. oclif's own way to it looks for the root,
 * reads on worker threads and sorts by a locale, which together cost as much as starting Node.
 * The commands are those of the bundle in `bundle`.
 */
export function manifestPlugin(root: string, bundle: string): Interfaces.Plugin {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));
  const pjson = read("package.json") as Interfaces.PJSON;
  const { commands } = read("oclif.manifest.json") as Manifest;
  const plugin: Interfaces.Plugin = {
    _base: "",
    alias: pjson.name,
    commandIDs: Object.keys(commands),
    commands: Object.entries(commands).map(([id, command]) => ({
      ...command,
      load: () => findCommand(id),
      pluginAlias: pjson.name,
      pluginType: "core",
    })),
    commandsDir: join(root, "dist", "commands"),
    findCommand,
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: "module",
    name: pjson.name,
    options: { root, isRoot: true, pjson },
    pjson,
    root,
    topics: Object.entries(pjson.oclif.topics ?? {}).map(([name, topic]) => ({ ...topic, name })),
    type: "core",
    valid: true,
    version: pjson.version,
  };

  async function findCommand(id: string): Promise<Command.Class> {
    const [, ...path] = commands[id]?.relativePath ?? [];
    const { default: found } = (await import(pathToFileURL(join(bundle, ...path)).href)) as { default: Command.Class };
    found.id = id;
    found.plugin = plugin as NonNullable<Command.Class["plugin"]>;
    return found;
  }
  return plugin;
}
