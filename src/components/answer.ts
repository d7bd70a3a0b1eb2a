import { element } from "./element.js";
import { moment } from "./format.js";
import type { Campaign } from "./rows.js";
import { visible } from "./visible.js";

/** What a page answers before it shows anything: one sentence, and what stands behind it. */
export interface Answer {
  readonly headline: string;
  readonly detail: string;
}

/** The answer in large type, and which campaign at which moment it is about. */
export function answer({ headline, detail }: Answer, campaign: Campaign | undefined): HTMLElement {
  return element(
    "div",
    { class: "answer" },
    element("p", { class: "headline" }, headline),
    detail ? element("p", { class: "lede" }, detail) : null,
    campaign ? element("p", { class: "dateline" }, `${dateline(campaign)} · `, runsLink()) : null,
  );
}

/** Where other campaigns are. The navigation knows the way there from a page in a folder. */
function runsLink(): HTMLElement {
  const known = document.querySelector('#observablehq-header nav a[href$="runs.html"]')?.getAttribute("href");
  return element("a", { class: "runs-link", href: known ?? "./runs.html" }, "compare runs");
}

const dateline = ({ title, source, source_file, taken_at }: Campaign): string =>
  [
    visible(title),
    ...(source === "generated" ? ["generated fleet, a stress case and no measurement"] : []),
    ...(source_file ? [visible(source_file)] : []),
    `as of ${moment(taken_at)}`,
  ].join(" · ");
