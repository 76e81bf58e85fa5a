// Commands may not reach into the runtime; the command line's own door to it.
export { openWorkbench, type Workbench } from "../../runtime/workbench.ts";
