import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { postgresTokenStore } from "../../src/adapters/postgres/postgres-token-store.ts";
import { ROLES, type Role } from "../../src/ops/role.ts";
import { virtualHost } from "./servers/shared.ts";
import { TradingStack } from "./trading-stack.ts";

type Json = Record<string, unknown>;

/** An operation as the API's own document describes it. */
export interface DocumentedOperation {
  readonly method: string;
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly operationId: string;
  /** Undefined: no token needed. */
  readonly role: Role | undefined;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: Json }[];
  readonly requestBody: { readonly content: Readonly<Record<string, { schema: Json }>> } | undefined;
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: Json }>> }>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The API daemon as a process of its own over real servers, and every operation that it says it has. */
export class ApiDaemon {
  readonly stack: TradingStack;
  readonly url: string;
  readonly document: Json;
  readonly schemas: Json;
  readonly operations: readonly DocumentedOperation[];
  readonly tokens: ReturnType<typeof postgresTokenStore>;
  readonly #byRole: ReadonlyMap<Role, string>;

  private constructor(stack: TradingStack, url: string, document: Json, byRole: ReadonlyMap<Role, string>) {
    this.stack = stack;
    this.url = url;
    this.document = document;
    this.#byRole = byRole;
    this.tokens = postgresTokenStore(stack.sql);
    const { paths, components } = document as { paths: Record<string, Record<string, Json>>; components: Json };
    this.schemas = components.schemas as Json;
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => ({
        ...({ parameters: [], requestBody: undefined, ...one } as unknown as DocumentedOperation),
        ...{ method: method.toUpperCase(), path, role: one["x-role"] as Role | undefined },
      })),
    );
  }

  static async start(): Promise<ApiDaemon> {
    const stack = await TradingStack.open({ partitions: "", env: { AMQP_URL: await virtualHost() } });
    await stack.start("api");
    const { url } = JSON.parse(readFileSync(join(stack.home, "run", "api.json"), "utf8")) as { url: string };
    const document = (await (await fetch(`${url}/v1/openapi.json`)).json()) as Json;
    const tokens = postgresTokenStore(stack.sql);
    const byRole = new Map<Role, string>();
    for (const role of ROLES) {
      const made = await tokens.create({ name: `test-${role}`, role, createdBy: "test", lifeMs: 3_600_000 });
      byRole.set(role, made!.token);
    }
    return new ApiDaemon(stack, url, document, byRole);
  }

  /** The header of a caller of this role. */
  as(role: Role): { readonly authorization: string } {
    return { authorization: `Bearer ${this.#byRole.get(role)}` };
  }

  /** A request with headers that fetch does not let a caller set. A stream's answer is taken when it begins. */
  send(method: string, path: string, { headers = {}, body }: RawRequest = {}): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      // A connection of its own: what one leaves unsent must not be read as the next.
      const sent = request(new URL(path, this.url), { method, headers: { ...headers }, agent: false }, (answer) => {
        const { statusCode: status = 0, headers: answered } = answer;
        const isStream = answered["content-type"]?.startsWith("text/event-stream") ?? false;
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        const done = () => {
          resolve({ status, headers: answered, text });
          sent.destroy();
        };
        if (isStream) done();
        else answer.once("end", done);
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }

  close(): Promise<void> {
    return this.stack.close();
  }
}

/** The address of an operation with these values for its parameters. */
export function addressOf(path: string, values: Readonly<Record<string, unknown>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(values[name] ?? "1")));
}
