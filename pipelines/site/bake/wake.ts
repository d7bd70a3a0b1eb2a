import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

const source = readFileSync(new URL("./wake.browser.ts", import.meta.url), "utf8");

/** The script that wakes a page, the same in every one. */
export const WAKE = transformSync(source, { loader: "ts", minify: true, target: "es2022", format: "iife" }).code.trim();

/** What a page's own script says of every cell, instead of defining it at once. */
export const WOKEN = "const define = (cell) => defineCell(window.wokenCell(cell));";
