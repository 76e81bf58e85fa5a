import type { Incident } from "../../ops/incident/incident.ts";
import { headlineOf, type Notice } from "../../ops/incident/notice.ts";

const COLOURS: Readonly<Record<Incident["severity"], string>> = {
  sev1: "#b00020",
  sev2: "#e65100",
  sev3: "#f9a825",
  sev4: "#607d8b",
};
/** Slack refuses longer sections. */
const LONGEST_SECTION = 2_900;

/** The message of a Slack incoming webhook: a line for the notification, and blocks with a coloured bar. */
export function slackMessage(notice: Notice): unknown {
  const { text, links, severity, state } = notice;
  const headline = headlineOf(notice);
  const section = (mrkdwn: string) => ({ type: "section", text: { type: "mrkdwn", text: mrkdwn } });
  return {
    text: escaped(headline),
    attachments: [
      {
        color: state === "resolved" ? "#2e7d32" : COLOURS[severity],
        fallback: headline,
        blocks: [
          section(`*${escaped(headline)}*`),
          ...(text === "" ? [] : [section(escaped(text.slice(0, LONGEST_SECTION)))]),
          ...(links.length === 0 ? [] : [section(links.map((link) => `<${escaped(link)}>`).join("\n"))]),
        ],
      },
    ],
  };
}

/** The three characters that mean something in Slack's text. */
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
