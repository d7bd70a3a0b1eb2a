import { place } from "./format.js";

/** An error code for people, as it is written: it is what one searches for. */
export const errorName = (code: string): string => (code === "(none)" ? "no error code" : groupName(code));

/** A model, version or region for people. */
export const groupName = (name: string): string => (name === "(other)" ? "all others" : place(name));
