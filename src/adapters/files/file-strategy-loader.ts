import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { LoadedStrategy, StrategyLoader } from "../../ports/strategy-loader.ts";
import { BUILT_IN_STRATEGIES } from "../../strategy/builtin/index.ts";
import { isStrategy } from "../../strategy/define-strategy.ts";

/** The name under which a strategy file imports what it needs. */
const STRATEGY_MODULE = "ttt/strategy";
/** Addresses of strategies whose text came along instead of a file. */
const SENT_SCHEME = "ttt-strategy:";

/**
 * Loads strategy files as they are: Node strips the types. `strategyModule` is the address of what `ttt/strategy`
 * means, so that a file anywhere on the disk shares the very modules that the engine uses.
 */
export function fileStrategyLoader(strategyModule: URL): StrategyLoader {
  const sent = new Map<string, string>();
  let hooked = false;

  const hook = () => {
    if (hooked) return;
    hooked = true;
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === STRATEGY_MODULE) return { url: strategyModule.href, shortCircuit: true };
        if (specifier.startsWith(SENT_SCHEME)) return { url: specifier, shortCircuit: true };
        return next(specifier, context);
      },
      load(url, context, next) {
        const source = sent.get(url);
        return source === undefined ? next(url, context) : { format: "module-typescript", source, shortCircuit: true };
      },
    });
  };

  return {
    async load(reference, source): Promise<LoadedStrategy> {
      const builtIn = source === undefined ? BUILT_IN_STRATEGIES.get(reference) : undefined;
      if (builtIn) return { strategy: builtIn };
      const path = resolve(reference);
      const text = source ?? (await readStrategy(reference, path));
      const hash = createHash("sha256").update(text).digest("hex");
      hook();
      // The hash in the address makes an edited file a new module.
      const url = source === undefined ? `${pathToFileURL(path)}?${hash}` : `${SENT_SCHEME}${hash}.ts`;
      if (source !== undefined) sent.set(url, source);
      const module = await importStrategy(url, reference);
      if (!isStrategy(module.default)) throw notAStrategy(reference, Object.keys(module));
      return { strategy: module.default, path, hash };
    },

    async sourceOf(reference) {
      return BUILT_IN_STRATEGIES.has(reference) ? undefined : readStrategy(reference, resolve(reference));
    },
  };
}

async function readStrategy(reference: string, path: string): Promise<string> {
  if (/[\\/]|\.[cm]?[jt]s$/.test(reference) && existsSync(path)) return readFile(path, "utf8");
  throw new OperatorError(`There is no strategy ${reference}.`, {
    exit: "notFound",
    code: "STRATEGY_UNKNOWN",
    expected: `${[...BUILT_IN_STRATEGIES.keys()].join(", ")}, or the path of a file`,
    found: reference,
    hint: "ttt strategy list, or ttt strategy new FILE",
  });
}

async function importStrategy(url: string, reference: string): Promise<{ default?: unknown }> {
  try {
    return await import(url);
  } catch (cause) {
    throw new OperatorError(`${reference} cannot be loaded: ${messageOf(cause)}`, {
      exit: "jobFailed",
      code: "STRATEGY_NOT_LOADED",
      expected: "a module that compiles and runs: TypeScript whose types can be stripped, or JavaScript",
      found: placeOf(cause, url),
      hint: `ttt strategy check ${reference}`,
      cause,
    });
  }
}

/** The lines of the stack that point into the file; a syntax error has them above its message. */
function placeOf(error: unknown, url: string): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const plain = stack.replaceAll(/\?[0-9a-f]{64}/g, "").replaceAll("file://", "");
  const address = url.replace(/\?.*/, "").replace("file://", "");
  const lines = plain.split("\n");
  const at = lines.findIndex((line) => line.includes(address));
  return (at === -1 ? lines.slice(0, 1) : lines.slice(at, at + 3)).map((line) => line.trim()).join(" | ");
}

function notAStrategy(reference: string, exported: readonly string[]): OperatorError {
  return new OperatorError(`${reference} is no strategy.`, {
    exit: "jobFailed",
    code: "STRATEGY_NOT_LOADED",
    expected: "export default defineStrategy({ ... })",
    found: exported.length === 0 ? "no exports" : `exports ${exported.join(", ")}`,
    hint: "ttt strategy new FILE writes one to start from",
  });
}
