import * as z from "zod/mini";
import { AUDIENCES, CHANNELS, type Contact } from "../ops/incident/contact.ts";
import { SEVERITIES } from "../ops/incident/incident.ts";
import { listSetting } from "./list-setting.ts";

/** Secrets go by the name of their variable: an address with a key in it does not belong into a stack file. */
const SECRET_NAME = /^TTT_[A-Z0-9_]+$/;
const MAIL = /^[^\s@,]+@[^\s@,]+(\s*,\s*[^\s@,]+@[^\s@,]+)*$/;
/** More people than this are a mailing list. */
const MOST_CONTACTS = 50;

const contactSchema = z
  .strictObject({
    name: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/, "a name has lower case letters, digits and hyphens")),
    audience: z._default(z.enum(AUDIENCES), "desk"),
    channel: z.enum(CHANNELS),
    to: z.string(),
    signedWith: z.exactOptional(z.string().check(z.regex(SECRET_NAME, "signedWith names a secret: TTT_..."))),
    severity: z._default(z.enum(SEVERITIES), "sev4"),
    afterSeconds: z._default(z.int().check(z.minimum(0), z.maximum(86_400)), 0),
    note: z._default(z.string(), ""),
  })
  .check(
    z.refine(({ channel, to }) => (channel === "email" ? MAIL : SECRET_NAME).test(to), {
      error: "`to` is e-mail addresses, or for other channels the name of a secret: TTT_SLACK_DESK_URL",
    }),
  );

/** The contacts, as a list in the stack file or as JSON in the environment. */
export const contactsSchema = listSetting(
  z.array(contactSchema).check(
    z.maxLength(MOST_CONTACTS),
    z.refine((contacts) => new Set(contacts.map(({ name }) => name)).size === contacts.length, {
      error: "two contacts have the same name",
    }),
  ),
);

/** Names of the secrets that contacts need. */
export function secretsOf(contacts: readonly Contact[]): string[] {
  return contacts.flatMap(({ channel, to, signedWith }) => [
    ...(channel === "email" ? [] : [to]),
    ...(signedWith === undefined ? [] : [signedWith]),
  ]);
}
