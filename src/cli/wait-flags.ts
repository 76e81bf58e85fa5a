import { Flags } from "@oclif/core";

export const timeoutFlag = {
  timeout: Flags.integer({ default: 60, min: 1, max: 3600, description: "seconds to wait" }),
};

/** Of every command that starts something which takes time. Waiting is the default: the exit code then tells the truth. */
export const waitFlags = {
  wait: Flags.boolean({ default: true, allowNo: true, description: "return only when it has happened" }),
  ...timeoutFlag,
};

export const dryRunFlag = {
  "dry-run": Flags.boolean({ default: false, description: "say what would happen and change nothing" }),
};
