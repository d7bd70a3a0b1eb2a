/** Reads a filter from the address of the page. */
export const readParam = (name: string): string => new URLSearchParams(location.search).get(name) ?? "";

/** Keeps a filter in the address, so that what one sees can be sent to another. An empty one leaves it. */
export function writeParam(name: string, value: string): void {
  const url = new URL(location.href);
  if (value === "") url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(history.state, "", url);
}
