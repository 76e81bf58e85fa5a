import { Flags } from "@oclif/core";
import type { ApiWish } from "../runtime/api-access.ts";

const apiFlag = (exclusive: string[]) =>
  Flags.string({
    helpValue: "URL",
    helpGroup: "ELSEWHERE",
    exclusive,
    description: "speak to the stack whose API is at this address; its token is in TTT_API_TOKEN",
  });

/** Of every command that can also be given to a stack on another host. */
export const apiFlags = {
  api: apiFlag([]),
  "token-file": Flags.string({
    helpValue: "FILE",
    helpGroup: "ELSEWHERE",
    dependsOn: ["api"],
    description: "a file that holds the token, in place of TTT_API_TOKEN",
  }),
};

/** `--remote` and `--api`, of what the backtesters of a stack do; `here` are flags of what this process does. */
export const remoteFlags = (...here: string[]) => ({
  ...apiFlags,
  api: apiFlag(here),
  remote: Flags.boolean({
    exclusive: here,
    description: "on the stack's backtesters, which share the work, instead of in this process",
  }),
});

export interface ApiFlags {
  readonly api?: string | undefined;
  readonly "token-file"?: string | undefined;
}

export const wishOf = ({ api, "token-file": tokenFile }: ApiFlags): ApiWish => ({ url: api, tokenFile });

/** Which stack is to do it; undefined: this process. */
export const remoteOf = (flags: ApiFlags & { readonly remote: boolean }): ApiWish | undefined =>
  flags.remote || flags.api !== undefined ? wishOf(flags) : undefined;
