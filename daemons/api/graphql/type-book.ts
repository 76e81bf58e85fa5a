import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLString,
  isNonNullType,
} from "graphql";
import type { z } from "zod";
import { toSchema } from "../openapi.ts";

/** What a field may hold besides the types of GraphQL: open records, and values of several shapes. */
const JSON_TYPE = new GraphQLScalarType({ name: "JSON", description: "Any JSON value" });

/** As much of JSON Schema as zod writes. */
interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Field<T> {
  readonly type: T;
  readonly description?: string;
}

/**
 * GraphQL types made from the zod schemas that check the requests, so that the two doors cannot drift apart. An object
 * that is closed becomes a type with its fields; what is open, or of several shapes, stays JSON.
 */
export class TypeBook {
  readonly #named: Record<string, unknown> = {};
  readonly #objects = new Map<string, GraphQLObjectType>();
  readonly #inputs = new Map<string, GraphQLInputObjectType>();

  output(schema: z.ZodType, name: string): GraphQLOutputType {
    return this.#output(toSchema(schema, "output", this.#named), name);
  }

  /** The arguments that an object of parameters becomes. */
  args(schema: z.ZodType | undefined, name: string): Record<string, Field<GraphQLInputType>> {
    if (!schema) return {};
    const { properties = {}, required = [] } = this.#resolved(toSchema(schema, "input", this.#named));
    return this.#inputFields(properties, required, name);
  }

  /** The type of a whole body. */
  input(schema: z.ZodType, name: string): GraphQLInputType {
    return surely(this.#input(toSchema(schema, "input", this.#named), name));
  }

  #output(given: JsonSchema, proposed: string): GraphQLOutputType {
    const name = nameIn(given) ?? proposed;
    const schema = this.#resolved(given);
    const { properties, required = [], description } = schema;
    if (schema.type === "array") return new GraphQLList(sure(this.#output(schema.items ?? {}, name)));
    if (!isClosed(schema) || properties === undefined) return scalarOf(schema) ?? JSON_TYPE;
    const known = this.#objects.get(name);
    if (known) return known;
    const fieldOf = (key: string, one: JsonSchema) => {
      const type = this.#output(withoutNull(one), name + pascal(key));
      return described(one, required.includes(key) && !mayBeNull(one) ? sure(type) : type);
    };
    const made = new GraphQLObjectType({
      name,
      ...(description !== undefined && { description }),
      fields: () => Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, fieldOf(key, one)])),
    });
    this.#objects.set(name, made);
    return made;
  }

  #input(given: JsonSchema, proposed: string): GraphQLInputType {
    const name = nameIn(given) ?? proposed;
    const schema = this.#resolved(given);
    const { properties, required = [] } = schema;
    if (schema.type === "array") return new GraphQLList(surely(this.#input(schema.items ?? {}, name)));
    if (!isClosed(schema) || properties === undefined) return scalarOf(schema) ?? JSON_TYPE;
    const known = this.#inputs.get(name);
    if (known) return known;
    const fields = () => this.#inputFields(properties, required, name);
    const made = new GraphQLInputObjectType({ name: `${name}Input`, fields });
    this.#inputs.set(name, made);
    return made;
  }

  #inputFields(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[], name: string) {
    return Object.fromEntries(
      Object.entries(properties).map(([key, one]): [string, Field<GraphQLInputType>] => {
        const type = this.#input(withoutNull(one), name + pascal(key));
        return [key, described(one, required.includes(key) && !mayBeNull(one) ? surely(type) : type)];
      }),
    );
  }

  #resolved(schema: JsonSchema): JsonSchema {
    const name = nameIn(schema);
    const found = name === undefined ? schema : this.#named[name];
    return typeof found === "object" && found !== null ? found : {};
  }
}

/** What is always there: of an answer, and of a request. */
export const sure = (type: GraphQLOutputType): GraphQLOutputType =>
  isNonNullType(type) ? type : new GraphQLNonNull(type);
const surely = (type: GraphQLInputType): GraphQLInputType => (isNonNullType(type) ? type : new GraphQLNonNull(type));

const nameIn = ({ $ref }: JsonSchema): string | undefined => $ref?.split("/").at(-1);

const FIELD_NAME = /^(?!__)[_A-Za-z]\w*$/;

/** Whether GraphQL can name everything that may be in it. */
function isClosed({ type, properties = {}, additionalProperties }: JsonSchema): boolean {
  const keys = Object.keys(properties);
  const closed = additionalProperties === undefined || additionalProperties === false;
  return type === "object" && closed && keys.length > 0 && keys.every((key) => FIELD_NAME.test(key));
}

const INT32 = 2 ** 31;

function scalarOf({ type, minimum = -Infinity, maximum = Infinity }: JsonSchema): GraphQLScalarType | undefined {
  if (type === "string") return GraphQLString;
  if (type === "boolean") return GraphQLBoolean;
  if (type === "number") return GraphQLFloat;
  // Times in milliseconds and counters are beyond GraphQL's Int.
  if (type === "integer") return minimum >= -INT32 && maximum < INT32 ? GraphQLInt : GraphQLFloat;
  return undefined;
}

const isNull = ({ type }: JsonSchema): boolean => type === "null";

function mayBeNull({ type, anyOf, $ref }: JsonSchema): boolean {
  if ($ref !== undefined) return false;
  return anyOf?.some(isNull) ?? (type === undefined || (Array.isArray(type) && type.includes("null")));
}

/** `X or null` is X that may be missing. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const { type, anyOf } = schema;
  if (Array.isArray(type)) {
    const [only, ...others]: string[] = type.filter((one) => one !== "null");
    return { ...schema, type: only !== undefined && others.length === 0 ? only : [] };
  }
  const [only, ...others] = anyOf?.filter((one) => !isNull(one)) ?? [];
  return only !== undefined && others.length === 0 ? only : schema;
}

const pascal = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

function described<T>({ description }: JsonSchema, type: T): Field<T> {
  return description === undefined ? { type } : { type, description };
}
