import { once } from "node:events";
import type { ServerResponse } from "node:http";
import {
  type ExecutionArgs,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  printSchema,
  specifiedRules,
  subscribe,
  validate,
} from "graphql";
import { createHandler as createHttpHandler } from "graphql-http";
import { createHandler as createStreamHandler } from "graphql-sse";
import { z } from "zod";
import { isAtLeast } from "../../../src/ops/role.ts";
import { claimKey } from "../graphql/document-key.ts";
import { documentLimits, MOST_TOKENS } from "../graphql/document-limits.ts";
import { type GraphQLCall, graphQLSchema, type SchemaParts } from "../graphql/schema.ts";
import { type Call, type Reply, type Route, route } from "../route.ts";

const requestSchema = z.strictObject({
  query: z.string().min(1).max(100_000),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().max(200).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});

const resultSchema = z.looseObject({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});

const RESULT_TYPE = "application/graphql-response+json";

/** The same operations as the routes, as GraphQL: several in one request, and only the fields that are asked for. */
export function graphQLRoutes(routes: readonly Route[], parts: SchemaParts): Route[] {
  const schema = graphQLSchema(routes, parts);
  const result = { schema: resultSchema, contentType: RESULT_TYPE };
  return [
    route({
      method: "post",
      path: "/graphql",
      id: "graphql",
      tag: "graphql",
      summary: "GraphQL: queries and mutations; subscriptions with accept: text/event-stream",
      // Each field asks for its own role, counts for itself and is closed by its own flags.
      role: "viewer",
      unlimited: true,
      reads: true,
      repeats: "own",
      body: requestSchema,
      responses: {
        200: { description: "What was asked for, and what of it failed", ...result },
        400: { description: "No document of this schema", ...result },
      },
      async handle(call) {
        const key = call.header("idempotency-key");
        if (key !== undefined)
          await claimKey(parts.answers, routes, { caller: call.caller.name, key, body: call.body });
        return call.header("accept")?.includes("text/event-stream") ? stream(call, schema) : answer(call, schema);
      },
    }),
    route({
      method: "get",
      path: "/graphql",
      id: "readGraphQLSchema",
      tag: "graphql",
      summary: "The schema of GraphQL in its own language",
      role: "operator",
      responses: { 200: { description: "Type definitions", contentType: "text/plain" } },
      handle: () => ({
        status: 200,
        bytes: new TextEncoder().encode(printSchema(schema)),
        contentType: "text/plain; charset=utf-8",
      }),
    }),
  ];
}

type GraphQLRequest = Call<unknown, unknown, z.output<typeof requestSchema>>;

async function answer(call: GraphQLRequest, schema: GraphQLSchema): Promise<Reply> {
  const handler = createHttpHandler<undefined, undefined, GraphQLCall>({
    ...{ execute, getOperationAST },
    onSubscribe(_request, params) {
      const prepared = prepare(params, call, schema);
      return "schema" in prepared ? prepared : refusalOf(prepared);
    },
  });
  const [text, { status, headers = {} }] = await handler({
    method: "POST",
    url: "/graphql",
    headers: { accept: RESULT_TYPE, "content-type": "application/json" },
    body: { ...call.body },
    raw: undefined,
    context: undefined,
  });
  const { "content-type": contentType = RESULT_TYPE, ...others } = headers;
  return { status, bytes: new TextEncoder().encode(text ?? ""), contentType, headers: others };
}

function stream(call: GraphQLRequest, schema: GraphQLSchema): Reply {
  const handler = createStreamHandler<undefined, undefined, GraphQLCall>({
    // Each subscription is a response of its own.
    authenticate: () => null,
    ...{ execute, subscribe },
    // It was checked when it was prepared.
    validate: () => [],
    onSubscribe(_request, params) {
      const prepared = prepare(params, call, schema);
      return "schema" in prepared ? prepared : refusalOf(prepared);
    },
  });
  return {
    async streaming(_request, response) {
      const [body, { status, headers = {} }] = await handler({
        method: "POST",
        url: "/graphql",
        headers: new Headers({ accept: "text/event-stream", "content-type": "application/json" }),
        body: { ...call.body },
        raw: undefined,
        context: undefined,
      });
      response.writeHead(status, { ...headers, "x-accel-buffering": "no" });
      if (body === null || typeof body === "string") response.end(body ?? "");
      else await pour(body, response);
    },
  };
}

/** Writes as fast as the reader takes it, and tells the source when the reader leaves. */
async function pour(source: AsyncGenerator<string, void, undefined>, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  response.once("close", () => {
    left.abort();
    void source.return();
  });
  for await (const text of source) {
    if (left.signal.aborted) return;
    if (!response.write(text)) await once(response, "drain", { signal: left.signal }).catch(() => {});
  }
  response.end();
}

function refusalOf(
  errors: readonly GraphQLError[],
): [string, { status: number; statusText: string; headers: { "content-type": string } }] {
  return [
    JSON.stringify({ errors }),
    { status: 400, statusText: "Bad Request", headers: { "content-type": RESULT_TYPE } },
  ];
}

type Params = { readonly query: string; readonly operationName?: unknown; readonly variables?: unknown };

/** A document that may be carried out, with everything its resolvers need; or what is wrong with it. */
function prepare(
  { query, operationName, variables }: Params,
  { caller, requestId, traceparent, header }: GraphQLRequest,
  schema: GraphQLSchema,
): (ExecutionArgs & { contextValue: GraphQLCall }) | readonly GraphQLError[] {
  let document: ReturnType<typeof parse>;
  try {
    document = parse(query, { maxTokens: MOST_TOKENS });
  } catch (error) {
    return [error instanceof GraphQLError ? error : new GraphQLError("The document cannot be read.")];
  }
  // Who may not change anything need not know everything that there is.
  const rules = isAtLeast(caller.role, "operator") ? [] : [NoSchemaIntrospectionCustomRule];
  const errors = validate(schema, document, [...specifiedRules, documentLimits, ...rules]);
  if (errors.length > 0) return errors;
  const name = typeof operationName === "string" ? operationName : undefined;
  if (!getOperationAST(document, name)) return [new GraphQLError("The document has no operation of this name.")];
  return {
    schema,
    document,
    ...(name !== undefined && { operationName: name }),
    variableValues: isRecord(variables) ? variables : {},
    contextValue: { caller, requestId, traceparent, idempotencyKey: header("idempotency-key") },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
