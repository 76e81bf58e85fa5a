import { GraphQLError } from "graphql";
import type { Daemon } from "../../../src/runtime/daemon.ts";
import { problemOf } from "../problem.ts";

/** What a route would have answered as a problem, as an error of GraphQL with the problem in its extensions. */
export function asGraphQLError(error: unknown, requestId: string, log: Daemon["log"]): GraphQLError {
  const problem = problemOf(error, requestId);
  if (problem.status === 500) log.error("request failed", { requestId, error });
  return new GraphQLError(problem.detail, { extensions: { ...problem } });
}
