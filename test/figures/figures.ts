import { cards, numbersOf, type Reader, table } from "./read.ts";

/** Something that a page shows, how it is read off it, and the statement in `sql` that PostgreSQL says the same by. */
export interface Figure {
  readonly page: string;
  readonly shows: string;
  readonly read: Reader;
  /** File and name of the statement: `overview.headline`. */
  readonly sql: string;
}

const HEADLINE = ".headline";
const DETAIL = ".lede";
const CHANGE = ".change";

const rate = ["Rate", "95% interval"];
const stage = ["Stage", "Region", "Reached it", "Failed there", ...rate];
const group = ["Devices", "Failures", ...rate, "All others"];
const difference = ["By", "What", "A", "of", "Rate of A", "B", "of", "Rate of B", "A − B, points", "95% interval"];

const OVERVIEW: readonly Figure[] = [
  { page: "index", shows: "headline", read: numbersOf(HEADLINE), sql: "overview.headline" },
  { page: "index", shows: "detail", read: numbersOf(DETAIL), sql: "overview.detail" },
  { page: "index", shows: "cards", read: cards(), sql: "overview.cards" },
  { page: "index", shows: "change since the run before", read: numbersOf(CHANGE), sql: "overview.change" },
  {
    ...{ page: "index", shows: "where the fleet stands", sql: "overview.status" },
    read: table("Where the fleet stands", ["Status", "Devices", "Share", "95% interval"]),
  },
  {
    ...{ page: "index", shows: "how far the update got", sql: "overview.stages" },
    read: table("How far the update got", [...stage, "Points from fleet"]),
  },
];

const PLACES: readonly Figure[] = [
  { page: "regions", shows: "headline", read: numbersOf(HEADLINE), sql: "regions.headline" },
  {
    ...{ page: "regions", shows: "regions", sql: "regions.regions" },
    read: table("Failure rate by region", [
      ...["Region", "Devices", "Failures", ...rate, "Points from fleet", "Recovered", "Quarantined"],
    ]),
  },
  {
    ...{ page: "regions", shows: "regions by stage", sql: "overview.stages" },
    read: table("Region by stage", [...stage, "Points from fleet"]),
  },
  { page: "bottlenecks", shows: "detail", read: numbersOf(DETAIL, 3), sql: "bottlenecks.detail" },
  {
    ...{ page: "bottlenecks", shows: "ranking", sql: "bottlenecks.ranking" },
    read: table("The regions at one stage", [...stage, "RANK", "DENSE_RANK", "ROW_NUMBER", "May be", "Tied"]),
  },
  {
    ...{ page: "bottlenecks", shows: "models", sql: "bottlenecks.models" },
    read: table("Models and the firmware they came from", [
      ...["Model", "Firmware before", "Devices", "Failures", ...rate, "RANK"],
    ]),
  },
  {
    ...{ page: "bottlenecks", shows: "slope", sql: "bottlenecks.slope" },
    read: table("Against the run before", difference),
  },
];

const ERRORS: readonly Figure[] = [
  { page: "errors", shows: "headline", read: numbersOf(HEADLINE), sql: "errors.headline" },
  {
    ...{ page: "errors", shows: "errors", sql: "errors.pareto" },
    read: table("Errors by how many updates they stopped", [
      ...["RANK", "Error", "Failures", "Share", "95% interval", "So far"],
    ]),
  },
  {
    ...{ page: "errors", shows: "errors by stage", sql: "errors.stages" },
    read: table("At which stage", ["Stage", "Error", "Failures", "Share"]),
  },
  { page: "errors", shows: "models", read: table("Models", ["Model", ...group]), sql: "errors.models" },
  {
    ...{ page: "errors", shows: "versions", sql: "errors.versions" },
    read: table("Versions before the rollout", ["Version", ...group]),
  },
  {
    ...{ page: "errors", shows: "errors by model", sql: "errors.crossed" },
    read: table("Which error strikes whom", ["Model", "Error", ...group]),
  },
];

const RECOVERY: readonly Figure[] = [
  { page: "recovery", shows: "headline", read: numbersOf(HEADLINE), sql: "recovery.headline" },
  { page: "recovery", shows: "detail", read: numbersOf(DETAIL), sql: "recovery.detail" },
  {
    ...{ page: "recovery", shows: "batches", sql: "recovery.batches" },
    read: table("Devices decided over time", [
      ...["Pass", "Batch", "Worker", "Devices", "Started, ms", "Finished, ms", "Took, ms", "Devices so far"],
    ]),
  },
  {
    ...{ page: "recovery", shows: "decisions", sql: "recovery.actions" },
    read: table("What was decided", ["Action", "Policy rule", "Region", "Devices", "Of the region's failures"]),
  },
  {
    ...{ page: "recovery", shows: "runs", sql: "recovery.runs" },
    read: table("What was run", ["Stage", "Result", "Took, ms"]),
  },
  { page: "policy", shows: "headline", read: numbersOf(HEADLINE), sql: "policy.headline" },
  {
    ...{ page: "policy", shows: "decisions", sql: "policy.decided" },
    read: table("What is decided", ["What is decided", "Campaign's policy", "What-if"]),
  },
  {
    ...{ page: "policy", shows: "regions", sql: "policy.regions" },
    read: table("Retries by region", ["Region", "What-if", "Devices"]),
  },
  { page: "roi", shows: "cards", read: cards(2), sql: "roi.cards" },
  { page: "roi", shows: "detail", read: numbersOf(DETAIL), sql: "roi.detail" },
];

const TRUST: readonly Figure[] = [
  { page: "data-quality", shows: "headline", read: numbersOf(HEADLINE), sql: "data_quality.headline" },
  { page: "data-quality", shows: "detail", read: numbersOf(DETAIL), sql: "data_quality.detail" },
  {
    ...{ page: "data-quality", shows: "kinds of faults", sql: "data_quality.kinds" },
    read: table("Kinds of faults, and how many of each were found", [
      ...["Kind, layer, whole", "Injected", "Found", "By the right rule", "Missed", "Recall", "95% interval"],
    ]),
  },
  {
    ...{ page: "data-quality", shows: "faults by field", sql: "data_quality.faults" },
    read: table("Where they were, and where they were found", [
      ...["Field", "Kind of fault", "Injected", "Found", "By the right rule", "Missed", "Recall"],
    ]),
  },
  {
    ...{ page: "data-quality", shows: "values that break a rule", sql: "data_quality.values" },
    read: table("Values that break a rule", [
      ...["Field", "Region", "Devices", "Break a rule", ...rate],
      ...["Reported Success", "Reported Partial", "Mean of the trusted"],
    ]),
  },
  { page: "triage", shows: "headline", read: numbersOf(HEADLINE), sql: "triage.headline" },
  { page: "triage", shows: "detail", read: numbersOf(DETAIL), sql: "triage.detail" },
  { page: "triage", shows: "cards", read: cards(), sql: "triage.cards" },
  {
    ...{ page: "triage", shows: "queue", sql: "triage.queue" },
    read: table("The queue", ["Device", "Rule", "As received"]),
  },
  {
    ...{ page: "triage", shows: "rules", sql: "triage.rules" },
    read: table("What holds them back", ["Rule or region", "Ever held", "Open"]),
  },
  {
    ...{ page: "triage", shows: "regions", sql: "triage.regions" },
    read: table("Where they are", ["Rule or region", "Ever held", "Open"]),
  },
  { page: "validation", shows: "headline", read: numbersOf(HEADLINE), sql: "validation.headline" },
  {
    ...{ page: "validation", shows: "promises", sql: "validation.promises" },
    read: table("The promises", ["Promise", "Expected", "Found", "Verdict"]),
  },
];

const MORE: readonly Figure[] = [
  { page: "runs", shows: "detail", read: numbersOf(DETAIL, 7), sql: "runs.detail" },
  { page: "runs", shows: "differences", read: table("A against B", difference), sql: "runs.differences" },
  {
    ...{ page: "runs", shows: "campaigns", sql: "runs.campaigns" },
    read: table("The campaigns side by side", [
      ...["Campaign", "Devices", "Failed", ...rate, "Recovered", "Held for a person", "Undecided"],
    ]),
  },
  { page: "notebooks/index", shows: "headline", read: numbersOf(HEADLINE), sql: "notebooks.reports" },
  { page: "notebooks/why-is-india-slow", shows: "detail", read: numbersOf(DETAIL, 5), sql: "notebooks.india" },
  {
    ...{ page: "notebooks/would-another-battery-line-have-saved-rollbacks", shows: "headline" },
    ...{ read: numbersOf(HEADLINE), sql: "notebooks.battery" },
  },
  {
    ...{ page: "notebooks/which-rule-finds-most-and-is-it-right", shows: "headline" },
    ...{ read: numbersOf(HEADLINE), sql: "notebooks.rule" },
  },
];

export const FIGURES: readonly Figure[] = [...OVERVIEW, ...PLACES, ...ERRORS, ...RECOVERY, ...TRUST, ...MORE];
