/* What the theme leaves unclear to a screen reader. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // The arrows that open a part of the contents have no name.
  for (const arrow of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
    const page = arrow.closest("li").querySelector("a").textContent.trim();
    arrow.setAttribute("aria-label", `pages below ${page}`);
  }
  // The bibliography is called a list, of which its entries are no items.
  for (const list of document.querySelectorAll(".citation-list[role=list]")) list.removeAttribute("role");
});
