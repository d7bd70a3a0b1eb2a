import { extname } from "node:path";
import type { Inventory } from "../site/inventory.ts";
import { ASK_AGAIN, cacheControl, contentType } from "../site/serving.ts";

/** Files that a store is told the same of. */
export interface FileGroup {
  readonly type: string;
  readonly cache: string;
  /** Endings, with their dot, that no other group has. */
  readonly endings: readonly string[];
  /** Paths of files whose ending another group has, too. */
  readonly paths: readonly string[];
}

/** The files of a site by type and cache rule; pages last, so that none is there before what it needs. */
export function fileGroups(files: Inventory): FileGroup[] {
  const groups = new Map<string, string[]>();
  for (const path of Object.keys(files)) {
    const key = `${contentType(path)}\n${cacheControl(path)}`;
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  const holders = (ending: string): number =>
    [...groups.values()].filter((paths) => paths.some((path) => extname(path) === ending)).length;
  const own = (path: string): boolean => extname(path) !== "" && holders(extname(path)) === 1;
  return [...groups]
    .map(([key, paths]) => {
      const [type = "", cache = ""] = key.split("\n");
      const endings = [...new Set(paths.filter(own).map((path) => extname(path)))].sort();
      return { type, cache, endings, paths: paths.filter((path) => !own(path)).sort() };
    })
    .sort((a, b) => Number(a.cache === ASK_AGAIN) - Number(b.cache === ASK_AGAIN) || (a.type < b.type ? -1 : 1));
}
