import { posix } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

export interface SourceFile {
  /** Relative to the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const PURE = ["core", "trading", "strategy", "backtest", "live", "ops"];

/** Which module may import which. The table of docs/architecture.md. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  trading: ["core"],
  strategy: ["core", "trading"],
  backtest: ["core", "trading", "strategy"],
  live: ["core", "trading", "strategy"],
  ops: ["core", "trading"],
  ports: PURE,
  actions: [...PURE, "ports"],
  adapters: [...PURE, "ports"],
  console: [...PURE, "actions"],
  runtime: [...PURE, "ports", "adapters"],
  cli: [...PURE, "actions", "runtime"],
  commands: [...PURE, "actions", "cli", "console"],
  daemons: [...PURE, "actions", "runtime"],
};

/** Pure arithmetic and validation: allowed everywhere. */
const PACKAGES_FOR_ALL = ["decimal.js", "zod", "zod/locales", "zod/mini"];

const PACKAGES: Record<string, readonly RegExp[]> = {
  adapters: [/./],
  runtime: [/^node:/, /^pino$/, /^yaml$/],
  cli: [/^@oclif\/core/, /^node:/],
  commands: [/^@oclif\/core/],
  console: [/^ink$/, /^react(\/|$)/],
  daemons: [/^express$/, /^graphql/, /^node:/],
  actions: [/^node:(path|crypto)$/],
};

/** Calls that hide an input or an end of the program, and the modules that may make them. */
const BANNED: ReadonlyArray<readonly [pattern: RegExp, allowed: readonly string[]]> = [
  [/^Date\.now$/, ["adapters", "runtime"]],
  [/^new Date$/, ["adapters", "runtime"]],
  [/^performance\.now$/, ["adapters", "runtime"]],
  [/^Math\.random$/, ["adapters", "runtime"]],
  [/^(setTimeout|setInterval|setImmediate)$/, ["adapters", "runtime"]],
  [/^process\.env$/, ["adapters", "runtime"]],
  [/^process\.(exit|abort|kill)$/, ["adapters", "runtime"]],
];

/** Only the egress may hold a connection to a venue, because whoever holds one can send past the gate. */
const EGRESS = /^src\/adapters\/venues\/egress[a-z-]*\.ts$/;
const NEAR_VENUES = /^src\/(adapters\/(venues|market-data)|live|actions|trading)\/|^daemons\/worker\//;
const WIRES = /^(node:)?(net|tls|http|https|http2|dgram)$|^(ws|undici|ccxt)(\/|$)/;

/** One line for each broken rule, naming the file; empty when every rule is kept. */
export function findViolations(files: readonly SourceFile[]): string[] {
  const graph = new Map<string, string[]>();
  const violations: string[] = [];
  for (const file of files) {
    const { imports, uses } = read(file);
    violations.push(
      ...wrongImports(file.path, imports),
      ...wrongUses(file.path, uses),
      ...waysPastTheGate(file.path, imports),
    );
    const local = imports.filter((one) => one.name.startsWith(".") && !one.typeOnly);
    graph.set(
      file.path,
      local.map((one) => resolve(file.path, one.name)),
    );
  }
  return [...violations, ...findCircles(graph)];
}

function wrongImports(path: string, imports: readonly Import[]): string[] {
  const from = moduleOf(path);
  return imports.flatMap(({ name }) => {
    if (!name.startsWith(".")) {
      const allowed = PACKAGES_FOR_ALL.includes(name) || PACKAGES[from]?.some((pattern) => pattern.test(name));
      return allowed ? [] : [`${path}: ${from} must not import the package ${name}`];
    }
    const to = moduleOf(resolve(path, name));
    const allowed = to === from || MAY_IMPORT[from]?.includes(to);
    return allowed ? [] : [`${path}: ${from} must not import ${to} (${name})`];
  });
}

function waysPastTheGate(path: string, imports: readonly Import[]): string[] {
  if (!NEAR_VENUES.test(path) || EGRESS.test(path)) return [];
  return imports.flatMap(({ name, typeOnly }) =>
    WIRES.test(name) && !typeOnly ? [`${path}: only the egress may connect to a venue (${name})`] : [],
  );
}

function wrongUses(path: string, uses: ReadonlySet<string>): string[] {
  const from = moduleOf(path);
  return [...uses].flatMap((use) =>
    BANNED.some(([pattern, allowed]) => pattern.test(use) && !allowed.includes(from))
      ? [`${path}: ${use} is hidden input; ask a port for it`]
      : [],
  );
}

function moduleOf(path: string): string {
  const [first, second] = path.split("/");
  return first === "src" ? second! : first!;
}

function resolve(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

interface Import {
  readonly name: string;
  readonly typeOnly: boolean;
}

interface Reading {
  readonly imports: Import[];
  readonly uses: Set<string>;
}

/** Every seeded violation is judged together with all sources, which need parsing only once. */
const READINGS = new Map<string, Reading>();

function read(file: SourceFile): Reading {
  const key = `${file.path}\n${file.text}`;
  const reading = READINGS.get(key) ?? parse(file);
  READINGS.set(key, reading);
  return reading;
}

function parse(file: SourceFile): Reading {
  const imports: Import[] = [];
  const uses = new Set<string>();
  const { program } = parseSync(file.path, file.text);
  new Visitor({
    ImportDeclaration: (node) => {
      imports.push({ name: node.source.value, typeOnly: node.importKind === "type" });
    },
    ExportAllDeclaration: (node) => {
      imports.push({ name: node.source.value, typeOnly: node.exportKind === "type" });
    },
    ExportNamedDeclaration: (node) => {
      if (node.source) imports.push({ name: node.source.value, typeOnly: node.exportKind === "type" });
    },
    ImportExpression: (node) => {
      if (node.source.type === "Literal") imports.push({ name: String(node.source.value), typeOnly: false });
    },
    MemberExpression: (node) => {
      if (node.object.type === "Identifier" && node.property.type === "Identifier") {
        uses.add(`${node.object.name}.${node.property.name}`);
      }
    },
    CallExpression: (node) => {
      if (node.callee.type === "Identifier") uses.add(node.callee.name);
    },
    NewExpression: (node) => {
      const now = node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0;
      if (now) uses.add("new Date");
    },
  }).visit(program);
  return { imports, uses };
}

function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      circles.push(`circle: ${[...trail.slice(trail.indexOf(path)), path].join(" -> ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) if (graph.has(next)) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return circles;
}
