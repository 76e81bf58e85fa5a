import type { TestProject } from "vitest/node";
import { openServerDesk } from "./server-desk.ts";

declare module "vitest" {
  interface ProvidedContext {
    serverDesk: string;
  }
}

/** Opens the desk before the first suite of a project and stops every server it started after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const desk = await openServerDesk();
  project.provide("serverDesk", desk.socket);
  return () => desk.close();
}
