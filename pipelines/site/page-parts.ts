/** The one script that Framework writes into a page: the last thing of its head. A script anywhere else is not ours. */
export const PAGE_SCRIPT = /<script type="module">([\s\S]*?)<\/script>\s*<\/head>/;

/** How that script begins: it takes from Framework's client what defines a cell. */
export const CLIENT = /import \{define\} from "([^"]*\/_observablehq\/client\.[0-9a-f]+\.js)";/;
