import { Readable } from "node:stream";
import {
  type GraphQLFieldConfig,
  GraphQLFloat,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from "graphql";
import { z } from "zod";
import { assert } from "../../../src/core/errors.ts";
import type { ApiStores } from "../../../src/runtime/api-stores.ts";
import type { Daemon } from "../../../src/runtime/daemon.ts";
import { requireRole } from "../authenticate.ts";
import type { Admit } from "../flag-gate.ts";
import { backtestChangeSchema, type FollowParts, followBacktest, followEvents, streamsOf } from "../follow.ts";
import type { Limits } from "../limits.ts";
import { perform } from "../perform.ts";
import type { Caller, Reply, Route } from "../route.ts";
import { findBacktest } from "../routes/backtests.ts";
import { asGraphQLError } from "./errors.ts";
import { queued } from "./queued.ts";
import { sure, TypeBook } from "./type-book.ts";

/** What the resolvers know of the request. */
export interface GraphQLCall extends Record<PropertyKey, unknown> {
  readonly caller: Caller;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly idempotencyKey: string | undefined;
}

export interface SchemaParts extends FollowParts {
  readonly answers: ApiStores["answers"];
  readonly limits: Limits;
  readonly admit: Admit;
  readonly log: Daemon["log"];
}

const eventSchema = z
  .strictObject({
    seq: z.int().describe("`after` of a subscription that goes on from here"),
    stream: z.string(),
    type: z.string(),
    at: z.int().describe("milliseconds since the epoch, UTC"),
    body: z.unknown(),
  })
  .meta({ id: "Event" });

type FieldConfig = GraphQLFieldConfig<unknown, GraphQLCall>;

/**
 * The routes as a GraphQL schema: what reads is a query, what changes a mutation, by the name that generated clients
 * use. A field asks for the same role, counts against the same limits, is checked by the same schemas and carried out
 * by the same handler as its route.
 */
export function graphQLSchema(routes: readonly Route[], parts: SchemaParts): GraphQLSchema {
  const types = new TypeBook();
  const fields = (wanted: (one: Route) => boolean) => {
    const own = routes.filter((one) => isJson(one) && wanted(one));
    return Object.fromEntries(own.map((one) => [one.id, fieldOf(one, types, parts)]));
  };
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: "Query", fields: fields(isReading) }),
    mutation: new GraphQLObjectType({ name: "Mutation", fields: fields((one) => !isReading(one)) }),
    subscription: new GraphQLObjectType({ name: "Subscription", fields: subscriptions(types, parts) }),
  });
}

const isReading = ({ method, reads }: Route): boolean => method === "get" || reads === true;

const answerOf = ({ responses }: Route) => Object.entries(responses).find(([status]) => Number(status) < 300)?.[1];

/** Streams, bytes and pages have their own routes; whoever has no token needs no GraphQL. */
function isJson(one: Route): boolean {
  return one.role !== "anyone" && one.takesBytes === undefined && answerOf(one)?.schema !== undefined;
}

function fieldOf(one: Route, types: TypeBook, { answers, limits, admit, log }: SchemaParts): FieldConfig {
  const { role } = one;
  const schema = answerOf(one)?.schema;
  assert(schema !== undefined && role !== "anyone", "only routes that answer JSON to callers become fields");
  const name = one.id.slice(0, 1).toUpperCase() + one.id.slice(1);
  const params = types.args(one.params, name);
  const query = types.args(one.query, name);
  return {
    type: types.output(schema, `${name}Result`),
    description: `${one.summary}. Role ${role}.`,
    args: { ...params, ...query, ...(one.body && { input: { type: types.input(one.body, name) } }) },
    async resolve(_source, { input, ...args }, { caller, requestId, traceparent, idempotencyKey }, { path }) {
      const pick = (names: object) => Object.fromEntries(Object.entries(args).filter(([key]) => key in names));
      try {
        requireRole(caller, role);
        if (!one.unlimited) limits.admit(caller.name, one.method);
        admit(one);
        // Two mutations of one document are two requests.
        const key = idempotencyKey === undefined ? undefined : `${idempotencyKey}:${path.key}`;
        const asked = {
          ...{ params: pick(params), query: pick(query), body: input, caller, requestId, traceparent },
          stream: Readable.from([]),
          address: `graphql ${one.id} ${JSON.stringify(args)}`,
          header: (header: string) => (header === "idempotency-key" ? key : undefined),
        };
        return contentOf(await perform(one, asked, answers));
      } catch (error) {
        throw asGraphQLError(error, requestId, log);
      }
    },
  };
}

function contentOf(reply: Reply): unknown {
  if ("json" in reply) return reply.json;
  assert("bytes" in reply && reply.contentType.startsWith("application/json"), "the route says that it answers JSON");
  return JSON.parse(new TextDecoder().decode(reply.bytes));
}

function subscriptions(types: TypeBook, parts: SchemaParts): Record<string, FieldConfig> {
  const { hub, jobs, clock, log } = parts;
  const resolve = (one: unknown) => one;
  return {
    events: {
      type: sure(types.output(eventSchema, "Event")),
      description: "Everything that happens. The type `reset` says that some are lost: the reader has to look anew.",
      args: {
        streams: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)), description: "all when left out" },
        after: { type: GraphQLFloat, description: "number of the last event that is known" },
      },
      subscribe(_source, args, { requestId }) {
        let streams: ReadonlySet<string> | undefined;
        try {
          streams = Array.isArray(args.streams) ? streamsOf(args.streams) : undefined;
        } catch (error) {
          throw asGraphQLError(error, requestId, log);
        }
        const after = typeof args.after === "number" ? args.after : undefined;
        return queued((reader) => {
          const reset = (seq: number) =>
            reader.send({ seq, stream: "", type: "reset", at: clock.now(), body: { after: seq } });
          void followEvents(hub, { streams, after }, { ...reader, reset }).then((followed) => followed || reader.end());
        });
      },
      resolve,
    },
    backtest: {
      type: sure(types.output(backtestChangeSchema, "BacktestChange")),
      description: "Where a backtest stands, and each change until it ends",
      args: { id: { type: new GraphQLNonNull(GraphQLString) } },
      async subscribe(_source, { id }, { requestId }) {
        await findBacktest(jobs, id).catch((error: unknown) => {
          throw asGraphQLError(error, requestId, log);
        });
        return queued((reader) => void followBacktest({ hub, jobs }, id, reader));
      },
      resolve,
    },
  };
}
