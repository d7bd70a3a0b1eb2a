import type { Header } from "../../loaders/header.ts";
import type { DictionaryMart } from "../components/dictionary-rows.ts";
import type { TarEntry } from "./tar.ts";

/** A mart with its header, its rows, and the files that hold them. */
export interface DescribedMart {
  readonly header: Header;
  readonly rows: readonly Record<string, unknown>[];
  readonly files: readonly TarEntry[];
}

/** What the pages know of each mart: its question, grain and columns as its header states them, how many rows it has, and its files. */
export function dictionary(marts: readonly DescribedMart[]): DictionaryMart[] {
  return marts.map(({ header, rows, files }) => ({
    name: header.name,
    question: header.question,
    grain: header.grain,
    order: header.order ?? null,
    rows: rows.length,
    columns: header.columns.map(({ name, type, meaning }) => ({ name, type, meaning })),
    files: files.map(({ name, content }) => ({ format: name.slice(header.name.length + 1), bytes: content.length })),
  }));
}
