import { Misfit } from "../domain/condition.ts";
import { type Mapping, parseMapping } from "./mapping.ts";
import { isThere, type Path, parsePath } from "./path.ts";

/** One form in which a vendor's tool gives devices or events. */
export interface Shape extends Mapping {
  /** By which `--format` knows it. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  readonly vendor: string;
  /** What every row of it has. */
  readonly has: readonly Path[];
}

/**
 * Checks a file of `data/vendors/`, and returns its shapes.
 * @param codes the error codes of data/errors.csv.
 * @throws Misfit where it is wrong, and what to write.
 */
export function parseVendor(value: unknown, codes: readonly string[]): readonly Shape[] {
  const { name, title, version, source, words, shapes } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof title !== "string" || !Number.isInteger(version))
    throw new Misfit([], 'a vendor needs "name", "title" and a whole "version"');
  if (typeof source !== "string" || source === "")
    throw new Misfit(["source"], '"source" must name the documentation that it was made from');
  if (!Array.isArray(shapes) || shapes.length === 0) throw new Misfit(["shapes"], 'a vendor needs a list "shapes"');
  const found: Shape[] = [];
  for (const [at, given] of shapes.entries()) {
    const shape = parseShape({ words, ...(given as object) }, name, codes);
    if (typeof shape === "string") throw new Misfit(["shapes", at], `shape ${at + 1}: ${shape}`);
    found.push(shape);
  }
  return found;
}

function parseShape(value: Record<string, unknown>, vendor: string, codes: readonly string[]): Shape | string {
  const { name, title, has } = value;
  if (typeof name !== "string" || !/^[a-z0-9-]+$/.test(name)) return '"name" must be of a-z, 0-9 and -';
  if (typeof title !== "string" || title === "") return '"title" must be what people call it';
  const paths = Array.isArray(has) ? has.map((path) => parsePath(String(path))) : [];
  if (paths.length === 0 || paths.includes(undefined))
    return '"has" must list what every row of it has, as ["id", "$.a.b"]';
  const mapping = parseMapping(value, codes, ["name", "title", "has"]);
  if (typeof mapping === "string") return mapping;
  if (!mapping.columns.device_id || !mapping.columns.update_status || mapping.words.length === 0)
    return 'it needs "device_id" and "update_status" in "columns", and "words"';
  return { ...mapping, name, title, vendor, has: paths as Path[] };
}

/**
 * The shape that most of the rows have; of several the one that asks for most. Nothing where no row has one, or two shapes stay.
 */
export function detected(shapes: readonly Shape[], rows: readonly unknown[]): Shape | undefined {
  const [best, next] = shapes
    .map((shape) => ({ shape, rows: rows.filter((row) => shape.has.every((path) => isThere(row, path))).length }))
    .filter((found) => found.rows > 0)
    .sort((a, b) => b.rows - a.rows || b.shape.has.length - a.shape.has.length);
  const isTie = next?.rows === best?.rows && next?.shape.has.length === best?.shape.has.length;
  return isTie ? undefined : best?.shape;
}
