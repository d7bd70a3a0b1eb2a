/** What pages run of the domain: the same code as the engine's, by the name `sentinel-ota/domain`. */

export { toCsv } from "./csv.ts";
export { type Fate, type Policy, parsePolicy } from "./policy.ts";
export * from "./policy-edit.ts";
export * from "./roi.ts";
export * from "./what-if.ts";
