import { headlineOf, type Notice } from "../../ops/incident/notice.ts";

/** The message of a Microsoft Teams workflow webhook: one adaptive card. */
export function teamsMessage(notice: Notice): unknown {
  const { text, links, severity, state } = notice;
  const bad = severity === "sev1" || severity === "sev2";
  const color = state === "resolved" ? "Good" : bad ? "Attention" : "Warning";
  const headline = { type: "TextBlock", text: headlineOf(notice), weight: "Bolder", size: "Medium", wrap: true, color };
  const lines = text.split("\n").filter((line) => line !== "");
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [headline, ...lines.map((line) => ({ type: "TextBlock", text: line, wrap: true }))],
          actions: links.map((url) => ({ type: "Action.OpenUrl", title: hostOf(url), url })),
        },
      },
    ],
  };
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);
