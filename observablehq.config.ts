import process from "node:process";
import { NAVIGATION, navigation } from "./pipelines/site/navigation.ts";

export default {
  root: "src",
  output: process.env.SENTINEL_SITE_OUT ?? "dist",
  title: "Sentinel OTA",
  style: "style.css",
  globalStylesheets: [],
  preserveExtension: true,
  preserveIndex: true,
  interpreters: { ".ts": [process.execPath, "--import", "tsx"] },
  home: "Overview",
  sidebar: false,
  toc: false,
  pager: true,
  pages: NAVIGATION.slice(1),
  head: '<link rel="icon" href="data:,"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">',
  header: ({ path }: { path: string }) => navigation(path),
  footer: "",
};
