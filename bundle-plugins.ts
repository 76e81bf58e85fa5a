// What the bundler does so that a start of ttt loads only what the command at hand uses.
import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

const require = createRequire(import.meta.url);

/**
 * Takes from Node's own modules only what the source names. A plain import reads every export of such a module, and
 * some of them are doors to much more: importing `node:fs` also loads its promises, streams and readline.
 */
export const plainBuiltins: Plugin = {
  name: "plain-builtins",
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      kind === "import-statement" && isBuiltin(path) ? { path, namespace: "builtin", sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: pickedExports(path),
      loader: "js",
    }));
  },
};

/** A module whose exports are read one by one, those that nobody imports not at all. */
function pickedExports(path: string): string {
  const names = Object.keys(require(path)).filter((name) => name !== "default");
  return [
    `const all = require(${JSON.stringify(path)}); const pick = (name) => all[name]; export default all;`,
    ...names.map((name, at) => `const e${at} = /* @__PURE__ */ pick("${name}"); export { e${at} as "${name}" };`),
  ].join("\n");
}

/**
 * Makes oclif require its parts when they are first used. A plain command needs a third of them: the file globber,
 * the help renderer and the spinner, with all that they require in turn, are for others. And what finds out whether
 * this is Windows, by the file system and a shell, is answered with no.
 */
export const leanOclif: Plugin = {
  name: "lean-oclif",
  setup(build) {
    build.onLoad({ filter: /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, ({ path }) => ({
      contents: requireLate(readFileSync(path, "utf8")),
      loader: "js",
    }));
    build.onResolve({ filter: /^wsl-utils$/ }, ({ path }) => ({ path, namespace: "no-wsl" }));
    build.onLoad({ filter: /./, namespace: "no-wsl" }, () => ({
      contents: "export const isWsl = false; export const powerShellPath = () => undefined;",
    }));
  },
};

/** The shape TypeScript gives to an import in a CommonJS module; the name is only ever used as `name.member`. */
const REQUIRE = /^(?:const|var) (\w+_\d+) = ((?:__importDefault|__importStar)\()?require\(("[^"]+")\)\)?;$/gm;

function requireLate(source: string): string {
  const names: string[] = [];
  const declared = source.replace(REQUIRE, (_all, name: string, wrap: string | undefined, module: string) => {
    names.push(name);
    const required = wrap ? `${wrap}require(${module}))` : `require(${module})`;
    return `let ${name}$; const ${name} = () => (${name}$ ??= ${required});`;
  });
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b${name}\\b(?=\\.)`, "g"), `(${name}())`),
    declared,
  );
}
