import type { RequestHandler } from "express";
import { HttpRefusal } from "./problem.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Refuses requests that a web page elsewhere could cause: a foreign Host (a name that an attacker lets point here) and
 * a foreign Origin. The API itself never answers with CORS headers.
 */
export function refuseForeign(hosts: readonly string[]): RequestHandler {
  const known = new Set([...LOOPBACK, ...hosts].map((host) => host.toLowerCase()));
  return (request, _response, next) => {
    const host = nameOf(request.headers.host);
    if (host === undefined || !known.has(host)) {
      throw new HttpRefusal(421, "This is not the host that was asked for.", {
        exit: "refused",
        code: "HOST_FOREIGN",
        expected: [...known].join(", "),
        found: request.headers.host ?? "no Host",
        hint: "The setting api.hosts lists more names.",
      });
    }
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${request.headers.host}`) {
      throw new HttpRefusal(403, "Pages of other sites may not call this API.", {
        exit: "refused",
        code: "ORIGIN_FOREIGN",
        expected: "no Origin, or this host's own",
        found: origin,
      });
    }
    next();
  };
}

/** The name without the port: `localhost:8080` is `localhost`, `[::1]:8080` is `[::1]`. */
function nameOf(host: string | undefined): string | undefined {
  return host?.toLowerCase().replace(/:\d+$/, "");
}
