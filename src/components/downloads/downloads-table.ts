import type { DictionaryFile, DictionaryMart } from "../dictionary-rows.js";
import { element } from "../element.js";
import { fileSize, whole } from "../format.js";
import { martFile, sqlPage } from "../mart-files.js";
import { type Column, table } from "../table.js";

const FORMATS: readonly (readonly [format: string, label: string])[] = [
  ["csv", "CSV"],
  ["parquet", "Parquet"],
  ["json", "JSON"],
  ["sql", "Its SQL"],
];

/** Every mart with its rows and its files. @param dictionary the address of the dictionary, which lies beside them. */
export function downloadsTable(marts: readonly DictionaryMart[], dictionary: string): HTMLElement {
  const columns: Column<DictionaryMart>[] = [
    { key: "name", label: "Table", show: ({ name }) => element("a", { href: `#${name}` }, element("code", {}, name)) },
    { key: "rows", label: "Rows", numeric: true, show: ({ rows }) => whole(rows) },
    ...FORMATS.map(
      ([format, label]): Column<DictionaryMart> => ({
        key: "files",
        label,
        numeric: true,
        show: ({ name, files }) =>
          fileLink(
            name,
            files.find((file) => file.format === format),
            label,
            dictionary,
          ),
      }),
    ),
    { key: "question", label: "Question that it answers" },
  ];
  const caption = "Every table with its number of rows, its files and their sizes.";
  return element("div", { class: "downloads" }, table(marts, columns, caption));
}

function fileLink(
  mart: string,
  file: DictionaryFile | undefined,
  label: string,
  dictionary: string,
): HTMLElement | null {
  if (!file) return null;
  const name = `${mart}.${file.format}`;
  const href = martFile(dictionary, name) ?? name;
  const aloud = element("span", { class: "visually-hidden" }, `${mart} as ${label}, `);
  return element("a", { href, download: name }, aloud, fileSize(file.bytes));
}

/** What describes all tables to a program, and the page that asks them. */
export function packageLinks(dictionary: string): HTMLElement {
  const ask = sqlPage(dictionary);
  return element(
    "p",
    { class: "found package" },
    element("a", { href: martFile(dictionary, "datapackage.json") ?? "datapackage.json" }, "datapackage.json"),
    " describes them all to programs: columns, types, sizes, digests, licence and source, as a Frictionless Data Package.",
    ask ? [" Or ask them without taking them: ", element("a", { href: ask }, "SQL in the page"), "."] : null,
  );
}
