import { arrive } from "./arrive.js";
import { type Content, element } from "./element.js";
import { type EvidenceOptions, evidence } from "./evidence.js";

export interface PanelOptions<T> {
  readonly title: string;
  /** How to read it: what is measured, of how many. */
  readonly how?: Content;
  readonly chart: Content;
  readonly evidence?: EvidenceOptions<T>;
}

/** One figure of a page: heading, how to read it, the drawing, and the evidence under it. */
export function panel<T>({ title, how, chart, evidence: proof }: PanelOptions<T>): HTMLElement {
  const id = slug(title);
  const section = element(
    "section",
    { class: "panel", "aria-labelledby": id },
    element("h2", { id }, title),
    how ? element("p", { class: "how" }, how) : null,
    element("div", { class: "drawing" }, chart),
    proof ? evidence(proof, { id, title }) : null,
  );
  return arrive(id, section);
}

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
