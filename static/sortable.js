/* Tables of class "sortable": every heading gets a button that sorts the rows by its column,
   smallest first, and the other way round when it is pressed again. */
"use strict";

(() => {
  /* The first number in a cell, without the commas between thousands; NaN where there is none. */
  const number = (cell) => {
    const [first] = cell.textContent.replace(/,/g, "").replace(/−/g, "-").match(/-?\d+(\.\d+)?/) ?? [];
    return first === undefined ? NaN : Number(first);
  };

  /* What is not a number comes last, in both directions. */
  const byNumber = (sign) => (one, other) => {
    const [a, b] = [number(one), number(other)];
    return Number.isNaN(a) - Number.isNaN(b) || sign * (a - b);
  };

  const byText = (sign) => (one, other) => sign * one.textContent.localeCompare(other.textContent, "en");

  const sort = (table, heading) => {
    const column = heading.cellIndex;
    const direction = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const by = heading.classList.contains("number") ? byNumber : byText;
    const compare = by(direction === "ascending" ? 1 : -1);
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((one, other) => compare(one.cells[column], other.cells[column]));
    body.append(...rows);
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
  };

  const prepare = (table) => {
    for (const heading of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, heading));
      heading.append(button);
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("table.sortable").forEach(prepare);
  });
})();
