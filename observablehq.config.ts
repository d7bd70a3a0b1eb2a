import process from "node:process";
import { downloads } from "./pipelines/site/downloads.ts";
import { NAVIGATION, navigation, neighbours } from "./pipelines/site/navigation.ts";
import { listsNotebooks } from "./pipelines/site/notebooks.ts";

export default {
  root: "src",
  output: process.env.SENTINEL_SITE_OUT ?? "dist",
  title: "Sentinel OTA",
  style: "style.css",
  globalStylesheets: [],
  preserveExtension: true,
  preserveIndex: true,
  interpreters: { ".ts": [process.execPath, "--import", "tsx"] },
  sidebar: false,
  toc: false,
  pager: false,
  pages: NAVIGATION,
  dynamicPaths: downloads(process.cwd()),
  head: '<link rel="icon" href="data:,"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">',
  header: ({ path }: { path: string }) => navigation(path),
  markdownIt: listsNotebooks,
  footer: ({ path }: { path: string }) => neighbours(path),
};
