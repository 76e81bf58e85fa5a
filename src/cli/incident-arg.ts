import { Args } from "@oclif/core";

/** Which incident: left out, it is the only one that is open. */
export const incidentArg = {
  incident: Args.string({ description: "its id or the last letters of it; the only open one when left out" }),
};
