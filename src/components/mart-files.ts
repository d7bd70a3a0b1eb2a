/**
 * Where the files of the marts are, seen from one of them that Framework attached to a page: beside the pages under names that stay, or, where
 * the dev server shows the pages, where it has all files.
 */
const PUBLISHED = /_file\/(data\/marts\/)[^/]*\.[0-9a-f]{8}\.\w+$/;
const IN_DEV = /(_file\/data\/marts\/)[^/]*$/;

/** The address of a file of the marts; nothing where what was attached is none of them. */
export function martFile(attached: string, name: string): string | undefined {
  if (PUBLISHED.test(attached)) return attached.replace(PUBLISHED, `$1${name}`);
  return IN_DEV.test(attached) ? attached.replace(IN_DEV, `$1${name}`) : undefined;
}

/** The address of the page that asks the marts, with a query in it, if any. */
export function sqlPage(attached: string, query?: string): string | undefined {
  const root = /^(.*?)_file\/data\/marts\/[^/]*$/.exec(attached)?.[1];
  if (root === undefined) return undefined;
  return `${root}sql.html${query === undefined ? "" : `?${new URLSearchParams({ q: query })}`}`;
}
