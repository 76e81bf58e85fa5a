export { drain } from "../adapters/http/drain.ts";
