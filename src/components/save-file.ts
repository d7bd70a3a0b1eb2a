import { element } from "./element.js";

/** A button that saves a text as a file, made when it is asked for. */
export function saveFile(label: string, name: string, text: string): HTMLElement {
  const save = (): void => {
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    element("a", { href, download: name }).click();
    URL.revokeObjectURL(href);
  };
  return element("button", { type: "button", class: "save", click: save }, label);
}
