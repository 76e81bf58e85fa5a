import fc from "fast-check";

type Json = Record<string, unknown>;

/** Values that fit a JSON Schema as zod writes them. */
export function fitting(given: unknown, schemas: Json): fc.Arbitrary<unknown> {
  const schema = resolved(given, schemas);
  const { type, anyOf, oneOf, allOf, properties, required, items, additionalProperties } = schema;
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return fc.oneof(...choices.map((one) => fitting(one, schemas)));
  if (Array.isArray(allOf)) return fitting(Object.assign({}, ...allOf.map((one) => resolved(one, schemas))), schemas);
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => fitting({ ...schema, type: one }, schemas)));
  switch (type) {
    case "string":
      return textOf(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "integer":
      return fc.integer({ min: limit(schema.minimum, -1e9), max: limit(schema.maximum, 1e9) });
    case "number":
      return fc.double({ min: limit(schema.minimum, -1e9), max: limit(schema.maximum, 1e9), noNaN: true });
    case "array":
      return fc.array(fitting(items ?? {}, schemas), { minLength: limit(schema.minItems, 0), maxLength: 3 });
    case "object": {
      const keys = Object.entries((properties ?? {}) as Json).map(([key, one]): [string, fc.Arbitrary<unknown>] => [
        key,
        fitting(one, schemas),
      ]);
      const own = fc.record(Object.fromEntries(keys), { requiredKeys: (required ?? []) as string[] });
      if (typeof additionalProperties !== "object" || additionalProperties === null || keys.length > 0) return own;
      return fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fitting(additionalProperties, schemas), { maxKeys: 3 });
    }
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Texts and numbers that break what is careless. */
const NASTY = [
  ...[
    "",
    " ",
    "\u0000",
    "a\u0000b",
    "\n",
    "..",
    "../../etc/passwd",
    "%00",
    "%",
    "'; DROP TABLE job; --",
    "$1",
    "{{7*7}}",
  ],
  ...["__proto__", "constructor", "<script>", "\ud800", "é\u0301", "😀".repeat(50), "x".repeat(5_000), "null", "NaN"],
  ...[
    "sha256:",
    `sha256:${"0".repeat(64)}`,
    "global",
    "strategy:",
    "strategy: ",
    "strategy:a b",
    "job-0123456789abcdef",
  ],
];
const ODD_NUMBERS = [-1, 0, -0, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 31, 2 ** 63, 1e-320];

/** Values that nobody means. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...NASTY, ...ODD_NUMBERS, null, true, [], {}, [[]]),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...NASTY), fc.constantFrom<unknown>(...NASTY, ...ODD_NUMBERS, null)),
);

/** The same value with one thing wrong in it, somewhere. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(value);
  return fc
    .record({
      place: fc.constantFrom(...places),
      how: fc.oneof(fc.constant("remove"), fc.constant("add"), fc.constant("replace")),
      other: hostileValue,
    })
    .map(({ place, how, other }) => changeAt(value, place, how, other));
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): Place[] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [at, ...inner.flatMap(([key, one]) => placesIn(one, [...at, key]))];
}

function changeAt(value: unknown, [key, ...rest]: Place, how: string, other: unknown): unknown {
  if (key === undefined) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return how === "add" && isObject ? { ...value, surplus: other } : other;
  }
  if (Array.isArray(value))
    return value.map((one, i) => (String(i) === String(key) ? changeAt(one, rest, how, other) : one));
  const record = value as Json;
  if (how === "remove" && rest.length === 0) {
    return Object.fromEntries(Object.entries(record).filter(([name]) => name !== String(key)));
  }
  return { ...record, [key]: changeAt(record[String(key)], rest, how, other) };
}

function resolved(given: unknown, schemas: Json): Json {
  const schema = (given ?? {}) as Json;
  const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1)! : undefined;
  return name === undefined ? schema : ((schemas[name] ?? {}) as Json);
}

function textOf({ pattern, format, minLength, maxLength }: Json): fc.Arbitrary<string> {
  if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern));
  if (format === "uri") return fc.webUrl();
  if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const [least, most] = [limit(minLength, 0), Math.min(limit(maxLength, 40), 40)];
  return fc.oneof(
    fc.string({ minLength: least, maxLength: most }),
    fc.string({ unit: "binary", minLength: least, maxLength: most }),
  );
}

const limit = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Math.abs(value) <= 1e9 ? value : otherwise;
