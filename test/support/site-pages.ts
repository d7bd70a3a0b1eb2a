import { NAVIGATION } from "../../pipelines/site/navigation.ts";
import { notebooks } from "../../pipelines/site/notebooks.ts";

/** How many pages a site has. */
export const PAGES = NAVIGATION.length + notebooks().length;
