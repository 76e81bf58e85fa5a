import { z } from "zod";
import { openApiDocument } from "../openapi.ts";
import { readingPage } from "../reading-page.ts";
import { type Route, route } from "../route.ts";

/** The API's description of itself: for generators, and as a page for people. It holds no secrets and needs no token. */
export function readingRoutes(routes: readonly Route[], version: string): Route[] {
  const document = () => openApiDocument([...routes, ...own], version);
  const own: Route[] = [
    route({
      method: "get",
      path: "/v1/openapi.json",
      id: "readOpenApi",
      tag: "system",
      summary: "This API as an OpenAPI document",
      role: "anyone",
      responses: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.string() }) } },
      handle: () => ({ status: 200, json: document() }),
    }),
    route({
      method: "get",
      path: "/docs",
      id: "readDocs",
      tag: "system",
      summary: "This API as a page to read",
      role: "anyone",
      responses: { 200: { description: "HTML", contentType: "text/html" } },
      handle() {
        const { html, policy } = readingPage(document());
        return {
          status: 200,
          bytes: new TextEncoder().encode(html),
          contentType: "text/html; charset=utf-8",
          headers: { "content-security-policy": policy },
        };
      },
    }),
  ];
  return own;
}
