import { createHash } from "node:crypto";

type Json = Record<string, unknown>;

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; } summary code { font-weight: 600; }
.method { display: inline-block; min-width: 4.2rem; font: 600 .8rem ui-monospace, monospace; text-transform: uppercase; }
.role { float: right; opacity: .7; font-size: .85rem; }
pre { overflow: auto; padding: .8rem; border: 1px solid var(--line); font-size: .82rem; }
table { border-collapse: collapse; } td { padding: .15rem .8rem .15rem 0; vertical-align: top; }
`;

/** An OpenAPI document as one page that loads nothing and runs nothing, and the policy that says so. */
export function readingPage(document: Json): { readonly html: string; readonly policy: string } {
  const { info, tags, paths } = document as {
    info: { title: string; version: string; description: string };
    tags: { name: string }[];
    paths: Record<string, Record<string, Json>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => (operation.tags as string[])[0] === name);
    return `<h2>${asText(name)}</h2>${own.map(operationHtml).join("")}`;
  });
  const style = createHash("sha256").update(STYLE).digest("base64");
  return {
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${asText(info.title)} API</title><style>${STYLE}</style>
<h1>${asText(info.title)} API <small>${asText(info.version)}</small></h1><p>${asText(info.description)}</p>
<p>Send <code>Authorization: Bearer TOKEN</code>. The document behind this page: <a href="/v1/openapi.json">openapi.json</a>.</p>
${sections.join("\n")}</html>`,
    policy: `default-src 'none'; style-src 'sha256-${style}'; frame-ancestors 'none'`,
  };
}

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Json }): string {
  const {
    summary,
    parameters = [],
    requestBody,
    responses,
  } = operation as {
    summary: string;
    parameters?: { name: string; in: string; required: boolean; description?: string; schema: Json }[];
    requestBody?: { content: Json };
    responses: Record<string, { description: string; content?: Json }>;
  };
  const role = typeof operation["x-role"] === "string" ? operation["x-role"] : "no token";
  const rows = parameters.map(
    (one) =>
      `<tr><td><code>${asText(one.name)}</code></td><td>${one.in}${one.required ? ", required" : ""}</td><td>${asText(one.description ?? "")} <code>${asText(brief(one.schema))}</code></td></tr>`,
  );
  const own = Object.entries(responses).filter(([status]) => Number(status) < 400);
  return `<details><summary><span class="role">${asText(role)}</span><span class="method">${method}</span><code>${asText(path)}</code><br>${asText(summary)}</summary>
${rows.length > 0 ? `<table>${rows.join("")}</table>` : ""}
${requestBody ? `<h4>Body</h4><pre>${asText(JSON.stringify(requestBody.content, null, 2))}</pre>` : ""}
${own.map(([status, { description, content }]) => `<h4>${status} ${asText(description)}</h4>${content ? `<pre>${asText(JSON.stringify(content, null, 2))}</pre>` : ""}`).join("")}
</details>`;
}

const brief = (schema: Json): string => JSON.stringify(schema);

function asText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => `&#${one.codePointAt(0)};`);
}
