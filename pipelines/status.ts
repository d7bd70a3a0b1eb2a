import type { Context } from "./context.ts";
export async function status(_: Context): Promise<void> {}
