import type { TriageVerb } from "../domain/vocabulary.ts";
import { REPORT_COLUMNS, type ReportColumn } from "../domain/vocabulary.ts";
import type { ProposedPlace } from "./proposed.ts";

/** A key as Node's readline tells of it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  /** What it types; empty where it types nothing. */
  readonly text: string;
}

/** What is being typed. */
export interface Typing {
  readonly what: "value" | "why" | "filter";
  readonly text: string;
  /** What it is for; a filter is for nothing. */
  readonly verb?: TriageVerb;
  readonly values: ReadonlyMap<ReportColumn, string>;
  /** Fields that a value is still to be typed of, the first of them now. */
  readonly fields: readonly ReportColumn[];
}

/** What was decided here, in the version that it left behind: the last of it can be taken back. */
export interface Done {
  readonly deviceId: string;
  readonly version: number;
}

/** What a person has before them: the queue, the place that they are at, and what they are about to do. */
export interface Desk {
  readonly campaign: string;
  readonly places: readonly ProposedPlace[];
  /** Which of the places that the filter leaves. */
  readonly at: number;
  readonly filter: string;
  readonly isOpen: boolean;
  readonly typing: Typing | undefined;
  readonly message: string;
  readonly done: readonly Done[];
}

/** What is to be done in the world. */
export type Effect =
  | { readonly kind: "quit" }
  | { readonly kind: "undo"; readonly done: Done }
  | {
      readonly kind: "decide";
      readonly verb: TriageVerb;
      readonly place: ProposedPlace;
      readonly values: ReadonlyMap<ReportColumn, string>;
      readonly why: string;
    };

export interface Step {
  readonly desk: Desk;
  readonly effect?: Effect;
}

export function newDesk(campaign: string, places: readonly ProposedPlace[]): Desk {
  return { campaign, places, at: 0, filter: "", isOpen: false, typing: undefined, message: "", done: [] };
}

/** The places that the filter leaves: those in which it stands, in whatever is shown of them. */
export function visible({ places, filter }: Desk): readonly ProposedPlace[] {
  const wanted = filter.toLowerCase();
  if (wanted === "") return places;
  return places.filter(({ device_id, region, model, rule, field, raw }) =>
    [device_id, region, model, rule, field, raw].some((text) => text?.toLowerCase().includes(wanted)),
  );
}

/** The place that the person is at; undefined where none is left. */
export function current(desk: Desk): ProposedPlace | undefined {
  return visible(desk)[desk.at];
}

/** What a key does. */
export function press(desk: Desk, key: Key): Step {
  if (key.ctrl && key.name === "c") return { desk, effect: { kind: "quit" } };
  return desk.typing ? type({ ...desk, message: "" }, desk.typing, key) : command({ ...desk, message: "" }, key);
}

const VERBS: Readonly<Record<string, TriageVerb>> = { a: "accept", r: "reject", l: "release" };

function command(desk: Desk, key: Key): Step {
  const verb = VERBS[key.text];
  if (verb) return begin(desk, { what: "why", verb, fields: [] });
  switch (
    key.name === "return" || key.name === "escape" || key.name === "up" || key.name === "down" ? key.name : key.text
  ) {
    case "q":
      return { desk, effect: { kind: "quit" } };
    case "j":
    case "down":
      return { desk: moved(desk, desk.at + 1) };
    case "k":
    case "up":
      return { desk: moved(desk, desk.at - 1) };
    case "return":
      return { desk: { ...desk, isOpen: !desk.isOpen } };
    case "escape":
      return { desk: { ...desk, isOpen: false } };
    case "/":
      return { desk: { ...desk, typing: { what: "filter", text: desk.filter, values: new Map(), fields: [] } } };
    case "f":
      return begin(desk, { what: "value", verb: "fix", fields: brokenFields(current(desk)) });
    case "p":
      return propose(desk);
    case "u":
      return undo(desk);
    default:
      return { desk };
  }
}

function moved(desk: Desk, to: number): Desk {
  return { ...desk, at: Math.max(0, Math.min(to, visible(desk).length - 1)) };
}

/** The fields that rules find fault with, each once. */
function brokenFields(place: ProposedPlace | undefined): ReportColumn[] {
  return REPORT_COLUMNS.filter((name) => place?.findings.some(({ field }) => field === name));
}

function begin(
  desk: Desk,
  { what, verb, fields }: Pick<Typing, "what" | "fields"> & { readonly verb: TriageVerb },
): Step {
  if (!current(desk)) return { desk: { ...desk, message: "Nothing is left to decide." } };
  if (what === "value" && fields.length === 0)
    return { desk: { ...desk, message: "No rule finds fault with a field of it." } };
  return { desk: { ...desk, typing: { what, verb, fields, text: "", values: new Map() } } };
}

/** To take what is proposed needs only a reason. */
function propose(desk: Desk): Step {
  const place = current(desk);
  const fields = REPORT_COLUMNS.filter((name) => place?.proposed.some(({ field }) => field === name));
  if (!place || fields.length === 0) return { desk: { ...desk, message: "No rule proposes a value for it." } };
  const values = new Map(fields.map((name) => [name, place.proposed.find(({ field }) => field === name)?.to ?? ""]));
  return { desk: { ...desk, typing: { what: "why", verb: "fix", fields: [], text: "", values } } };
}

function undo(desk: Desk): Step {
  const done = desk.done.at(-1);
  return done
    ? { desk, effect: { kind: "undo", done } }
    : { desk: { ...desk, message: "Nothing was decided here yet." } };
}

function type(desk: Desk, typing: Typing, key: Key): Step {
  switch (key.name) {
    case "escape":
      return { desk: { ...desk, typing: undefined } };
    case "return":
      return typed({ ...desk, typing: undefined }, typing);
    case "backspace":
      return { desk: { ...desk, typing: { ...typing, text: [...typing.text].slice(0, -1).join("") } } };
    default:
      return { desk: key.ctrl || key.meta ? desk : { ...desk, typing: { ...typing, text: typing.text + key.text } } };
  }
}

/** What was typed is whole. */
function typed(desk: Desk, { what, text, verb, values, fields }: Typing): Step {
  if (what === "filter") return { desk: moved({ ...desk, filter: text.trim() }, 0) };
  const place = current(desk);
  if (!place || !verb) return { desk };
  if (what === "why") {
    if (text.trim() === "") return { desk: { ...desk, message: "It needs a reason: nothing was decided." } };
    return { desk, effect: { kind: "decide", verb, place, values, why: text.trim() } };
  }
  const [field, ...left] = fields;
  const known = field && text !== "" ? new Map([...values, [field, text]]) : values;
  const next = left.length > 0 ? ("value" as const) : ("why" as const);
  if (next === "why" && known.size === 0)
    return { desk: { ...desk, message: "No value was given: nothing was decided." } };
  return { desk: { ...desk, typing: { what: next, verb, values: known, fields: left, text: "" } } };
}

/** The desk once a place was decided: it is gone from it. */
export function cleared(desk: Desk, place: ProposedPlace, message: string): Desk {
  const places = desk.places.filter((one) => one !== place);
  const done = [...desk.done, { deviceId: place.device_id, version: place.version + 1 }];
  return moved({ ...desk, places, done, message, isOpen: false }, desk.at);
}

/** The desk with the queue as it is now. */
export function reloaded(desk: Desk, places: readonly ProposedPlace[], message: string): Desk {
  return moved({ ...desk, places, message }, desk.at);
}
