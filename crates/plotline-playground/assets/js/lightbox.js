// An image at full size over the page. Esc, the button or a click beside it closes it.

import { h, icon, iconButton } from "./dom.js";
import { openDialog } from "./overlay.js";

/** Opens an attachment large. */
export function openLightbox(file) {
  const image = h("img", { src: file.url, alt: file.description ?? "" });
  const dialog = openDialog({
    label: file.description || file.filename,
    kind: "lightbox",
    build: (close) => [
      h(
        "div",
        { class: "lightbox-bar" },
        h("span", { class: "name" }, file.filename),
        h("a", { class: "icon-button", href: file.url, download: file.filename, title: "Download", "aria-label": `Download ${file.filename}` }, icon("download")),
        iconButton("close", "Close", close),
      ),
      h("div", { class: "lightbox-stage", on: { click: (event) => event.target !== image && close() } }, image),
      file.description && h("p", { class: "lightbox-alt" }, file.description),
    ],
  });
  return dialog;
}
