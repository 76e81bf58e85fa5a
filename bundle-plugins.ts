// What the bundler does so that a start of ttt loads only what the command at hand uses.
import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

const require = createRequire(import.meta.url);

/**
 * Loads Node's own modules when something of them is first used. A plain import would load `node:crypto` for a command
 * that may need a hash, and reads every export of a module, some of which are doors to much more: importing `node:fs`
 * also loads its promises, streams and readline.
 */
export const lateBuiltins: Plugin = {
  name: "late-builtins",
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      kind === "import-statement" && isLazy(path) ? { path, namespace: "builtin", sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({ contents: lateExports(path), loader: "js" }));
  },
};

/** Modules that are a function or an emitter by themselves must stay what they are. */
function isLazy(path: string): boolean {
  return isBuiltin(path) && path !== "node:process" && typeof require(path) === "object";
}

/** A module whose exports load the real one when they are read. */
function lateExports(path: string): string {
  const names = JSON.stringify(Object.keys(require(path)).filter((name) => name !== "default"));
  return `let real; const get = (name) => (real ??= require(${JSON.stringify(path)}))[name];
    for (const name of ${names}) Object.defineProperty(exports, name, { enumerable: true, get: () => get(name) });`;
}

/**
 * Makes oclif require its parts when they are first used. A plain command needs a third of them: the file globber,
 * the help renderer and the spinner, with all that they require in turn, are for others.
 */
export const leanOclif: Plugin = {
  name: "lean-oclif",
  setup(build) {
    build.onLoad({ filter: /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, ({ path }) => ({
      contents: requireLate(withoutQuestions(path, readFileSync(path, "utf8"))),
      loader: "js",
    }));
  },
};

/**
 * What oclif asks at every start, with the answer: this is not Windows, there is no file of colours, the configuration
 * that it has just loaded need not be loaded again, and a reader who leaves is looked after (`src/cli/run.ts`).
 */
const QUESTIONS: ReadonlyArray<readonly [file: string, question: string, answer: string]> = [
  ["util/os.js", "(await import('wsl-utils')).isWsl", "false"],
  ["config/config.js", "this.theme = await this.loadTheme();", ""],
  [
    "lib/command.js",
    "await config_1.Config.load(opts || require.main?.filename || __dirname)",
    "opts instanceof config_1.Config ? opts : await config_1.Config.load(opts)",
  ],
  [
    "lib/command.js",
    "process.stdout.on('error', (err) => {\n    if (err && err.code === 'EPIPE')\n        return;\n    throw err;\n});",
    "",
  ],
];

function withoutQuestions(path: string, source: string): string {
  return QUESTIONS.reduce((text, [file, question, answer]) => {
    if (!path.endsWith(file)) return text;
    if (!text.includes(question)) throw new Error(`oclif has changed: ${file} has no "${question}" any more`);
    return text.replace(question, answer);
  }, source);
}

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

/**
 * Imports zod name by name. Its one object `z` holds every schema type, error language and converter there is; an
 * import of the module's names lets the bundler keep the ones in use, a tenth of it.
 */
export const zodByName: Plugin = {
  name: "zod-by-name",
  setup(build) {
    const own = new RegExp(`^${literally(import.meta.dirname)}[\\\\/](src|commands|daemons)[\\\\/].*\\.tsx?$`);
    build.onLoad({ filter: own }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes('from "zod"')) return undefined;
      const contents = source.replace(/^import \{ z \} from "zod";$/m, 'import * as z from "zod";');
      return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
    });
  },
};

const literally = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
