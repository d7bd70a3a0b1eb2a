export const REPORT = "report.html";
export interface BakedPage { readonly path: string; readonly html: string; readonly cells: ReadonlyMap<string, string>; }
export async function composeReport(_dir: string, _pages: readonly BakedPage[]): Promise<string> { return "<html><head><meta charset=\"utf-8\"></head></html>"; }
