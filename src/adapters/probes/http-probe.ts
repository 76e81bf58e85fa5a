import { get } from "node:http";
import type { Sight } from "./look-at.ts";

/** Of the answer's body; the rest is not waited for. */
const MOST_BODY = 1_000;

/** GET over a connection of its own. Well is 200 to 399. */
export async function lookByHttp(url: URL, timeoutMs: number): Promise<Sight> {
  const request = url.protocol === "https:" ? (await import("node:https")).get : get;
  return new Promise((resolve) => {
    const settle = (sight: Sight) => {
      clearTimeout(timer);
      call.destroy();
      resolve(sight);
    };
    const timer = setTimeout(() => settle({ healthy: false, status: "timeout", excerpt: "" }), timeoutMs);
    const call = request(url, { agent: false, headers: { "user-agent": "ttt-probe" } }, (response) => {
      const code = response.statusCode ?? 0;
      let body = "";
      const answer = () => settle({ healthy: code >= 200 && code < 400, status: String(code), excerpt: body });
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
        if (body.length > MOST_BODY) answer();
      });
      response.on("end", answer);
    });
    call.on("error", (error) => settle({ healthy: false, status: "no answer", excerpt: error.message }));
  });
}
