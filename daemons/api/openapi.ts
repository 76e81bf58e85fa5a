import { z } from "zod";
import { problemSchema } from "./problem.ts";
import type { ResponseSpec, Route } from "./route.ts";

type Json = Record<string, unknown>;

/** Refusals that any route may answer with; the rest are each route's own. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "The request does not fit the schema",
  401: "No token, or a wrong, expired or revoked one",
  403: "The token's role does not allow it, or a safety rule refuses it",
  404: "There is no such thing",
  405: "Not with this method",
  409: "Something is in the way",
  413: "The body is too large",
  415: "The body is not of the expected type",
  421: "A foreign Host",
  422: "The data are malformed",
  429: "Too many requests; Retry-After says when to come again",
  500: "A defect in ttt",
  503: "Something the API depends on does not answer",
};

/** The OpenAPI 3.1 document of these routes, made from the very schemas that check the requests. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const schemas: Json = {};
  const problem = toSchema(problemSchema, "output", schemas);
  const paths: Record<string, Json> = {};
  for (const one of routes) {
    const path = one.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] ??= {};
    paths[path][one.method] = operation(one, problem, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "ttt",
      version,
      description: "Backtests, services, events and the kill switch of one trading stack.",
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "ttt token create" } },
      schemas,
    },
  };
}

function operation(one: Route, problem: Json, schemas: Json): Json {
  const parameters = [
    ...parametersIn("path", one.params, schemas),
    ...parametersIn("query", one.query, schemas),
    ...(one.method === "get" || one.takesBytes !== undefined ? [] : [IDEMPOTENCY]),
  ];
  const content = { "application/problem+json": { schema: problem } };
  const refusals = Object.entries(REFUSALS)
    .filter(([status]) => !(Number(status) in one.responses))
    .filter(([status]) => one.role !== "anyone" || !["401", "403"].includes(status))
    .map(([status, description]) => [status, { description, content }]);
  return {
    operationId: one.id,
    summary: one.summary,
    tags: [one.tag],
    ...(one.role === "anyone" ? { security: [] } : { "x-role": one.role }),
    ...(parameters.length > 0 && { parameters }),
    ...(one.body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: toSchema(one.body, "input", schemas) } },
      },
    }),
    ...(one.takesBytes !== undefined && {
      requestBody: { required: true, content: { [one.takesBytes]: { schema: { type: "string", format: "binary" } } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(one.responses).map(([status, response]) => {
          const own = responseOf(response, schemas);
          return [status, Number(status) < 400 ? own : { ...own, content: { ...content, ...own.content } }];
        }),
      ),
      ...Object.fromEntries(refusals),
    },
  };
}

const IDEMPOTENCY: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The same key gives the first answer again",
  schema: { type: "string", minLength: 1, maxLength: 128 },
};

function responseOf(
  { description, schema, contentType = "application/json" }: ResponseSpec,
  schemas: Json,
): { readonly description: string; readonly content?: Json } {
  if (schema) return { description, content: { [contentType]: { schema: toSchema(schema, "output", schemas) } } };
  return contentType === "application/json"
    ? { description }
    : { description, content: { [contentType]: { schema: { type: "string" } } } };
}

function parametersIn(place: "path" | "query", schema: z.ZodType | undefined, schemas: Json): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, "input", schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

/** JSON Schema of one schema; named ones go to the components, once, and are referred to. */
export function toSchema(schema: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json & {
    $defs?: Json;
  };
  for (const [name, one] of Object.entries($defs)) schemas[name] = withComponents(one);
  return withComponents(own) as Json;
}

/** zod gives references within the one schema; here they point into the document. */
function withComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withComponents);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      if (key === "id" && typeof one === "string") return [];
      if (key === "$ref" && typeof one === "string") return [[key, one.replace("#/$defs/", "#/components/schemas/")]];
      return [[key, withComponents(one)]];
    }),
  );
}
