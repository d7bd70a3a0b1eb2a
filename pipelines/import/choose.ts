import { EXIT, SentinelError } from "../cli/errors.ts";
import { printable } from "../cli/format.ts";
import { assertUnique, lackingIn, type Spellings } from "./columns.ts";
import { type Guess, guessed, written } from "./guess.ts";
import { type Layout, mappedLayout, ownLayout } from "./layout.ts";
import { readMap, type Wanted } from "./map-file.ts";
import { extended, type Mapping, parseMapping } from "./mapping.ts";
import type { Path } from "./path.ts";
import { unusable } from "./unusable.ts";
import { detected, type Shape } from "./vendors.ts";

/** What is known when a file is opened: what was asked for, and the tools that there are. */
export interface Known {
  readonly wanted: Wanted;
  readonly shapes: () => readonly Shape[];
  readonly errorCodes: () => readonly string[];
}

/** What a file turned out to have. */
export interface Seen {
  readonly file: string;
  /** Names of its columns, or of fields of its first objects. */
  readonly names: readonly string[];
  /** Names that may be columns of ours, in all their spellings. */
  readonly spellings: Spellings;
  /** Its first objects, where it is JSON. */
  readonly objects?: readonly unknown[];
  /** The expression of a value as text; nothing where the file has none. */
  read(path: Path): string | undefined;
}

/** How a file is read, and what is said about it before that. */
export interface Choice {
  readonly layout: Layout;
  readonly notes: readonly string[];
  /** The map that was guessed, to be written into a file. */
  readonly guess?: string;
}

/** The map and the shapes that were asked for, and all that there are: each file of them is read once. */
export interface Ways {
  readonly map?: Mapping;
  readonly format?: readonly Shape[];
  readonly shapes: () => readonly Shape[];
}

/** Reads what was asked for. @throws SentinelError exit 2 where there is none of that name. */
export function waysOf({ wanted, shapes, errorCodes }: Known): Ways {
  let read: readonly Shape[] | undefined;
  const known = (): readonly Shape[] => {
    read ??= shapes();
    return read;
  };
  const map = wanted.map === undefined ? {} : { map: readMap(wanted.map, errorCodes()) };
  if (wanted.format === undefined) return { ...map, shapes: known };
  const all = known();
  const named = all.filter(({ name }) => name === wanted.format);
  const format = named.length > 0 ? named : all.filter(({ vendor }) => vendor === wanted.format);
  if (format.length > 0) return { ...map, format, shapes: known };
  const names = [...new Set(all.flatMap(({ vendor, name }) => [vendor, name]))].join(", ");
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: printable(`There is no format "${wanted.format}".`),
    remedy: `Give --format one of: ${names}; or describe the file in a map, with --map.`,
  });
}

/**
 * How a file is read: as the map and the format say that were asked for; by our own columns; as the tool that its fields tell; by a guess
 * that leaves no doubt.
 * @throws SentinelError exit 2 where none of these is possible, with the guess so far.
 */
export function choose(seen: Seen, { map, format, shapes }: Ways): Choice {
  if (map?.columns.device_id) return mapped(seen, map, []);
  if (map || format) return mapped(seen, ...shapeFor(seen, map, format ?? shapes()));
  if (lackingIn(seen.spellings).length === 0) {
    if (!seen.objects) assertUnique(seen.file, seen.spellings);
    return { layout: ownLayout(seen.spellings, (name) => seen.read([name]) ?? "NULL"), notes: [] };
  }
  const shape = seen.objects && detected(shapes(), seen.objects);
  return shape ? mapped(seen, shape, [said(shape, "detected by its fields")]) : byGuess(seen);
}

const said = ({ title, name }: Shape, how: string): string => `read as ${title}, ${how}; --format ${name} would say so`;

function shapeFor(seen: Seen, map: Mapping | undefined, shapes: readonly Shape[]): [Mapping, string[]] {
  if (!seen.objects)
    throw unusable(seen.file, "formats of other tools are JSON, and it is none", "Describe it in a map.");
  const only = shapes.length === 1 ? shapes[0] : undefined;
  const shape = only ?? detected(shapes, seen.objects);
  if (!shape) {
    const cause = map
      ? 'the map says no "device_id", and no format is detected that it could add to'
      : "no format fits it";
    throw unusable(seen.file, cause, `Name one with --format: ${shapes.map(({ name }) => name).join(", ")}.`);
  }
  const note = said(shape, only ? "as asked" : "detected by its fields");
  return map ? [extended(shape, map), [`${note}; the map adds to it`]] : [shape, [note]];
}

function mapped(seen: Seen, mapping: Mapping, notes: readonly string[]): Choice {
  if (!mapping.columns.update_status && mapping.constants.update_status === undefined)
    throw unusable(seen.file, 'the map says no "update_status"', "Say where it stands, or give a constant.");
  if (seen.objects === undefined) {
    const sources = [...Object.values(mapping.columns).flat(), ...mapping.words.map(({ at }) => at && { path: at })];
    const lost = sources.find((source) => source && seen.read(source.path) === undefined);
    if (lost)
      throw unusable(
        seen.file,
        `the map names ${lost.path.join(".")}, which it has not, or twice; its columns are: ${shownNames(seen)}`,
        "Correct the map.",
      );
  }
  return { layout: mappedLayout(mapping, seen.read), notes };
}

function byGuess(seen: Seen): Choice {
  const guess = guessed(seen.names);
  const text = mapText(guess);
  if (guess.missing.length === 0 && guess.unclear.length === 0) {
    const mapping = parseMapping(JSON.parse(text), []);
    if (typeof mapping === "string") throw new Error(`a guess is no map: ${mapping}`);
    return { ...mapped(seen, mapping, [`its columns are read by a guess: ${text}`]), guess: text };
  }
  const { missing, unclear } = guess;
  const what = [
    ...(missing.length > 0 && unclear.length === 0 ? [`it has no ${lackingIn(seen.spellings).join(", ")}`] : []),
    ...(unclear.length > 0 ? [`several of its columns could be ${unclear.join(", ")}`] : []),
  ];
  throw unusable(
    seen.file,
    `${what.join("; ")}; its columns are: ${shownNames(seen) || "none"}`,
    printable(
      `Name its columns as docs/import.md says, or write a map and give it with --map map.json. Guessed so far: ${text}`,
    ),
  );
}

/** The first of its names, as far as they are for people. */
function shownNames({ names }: Seen): string {
  return names
    .map((name) => name.slice(0, 40))
    .slice(0, 12)
    .join(", ");
}

function mapText({ columns }: Guess): string {
  return JSON.stringify({
    columns: Object.fromEntries(Object.entries(columns).map(([column, name]) => [column, written(name)])),
  });
}
