"use strict";
// Sorts and filters the tables of a page.
(() => {
  const DASH = "–";

  const figureOf = (text) => {
    const found = text.replace(/[≥,\s]/g, "").replace("−", "-");
    return found === "" || found === DASH || Number.isNaN(Number(found)) ? null : Number(found);
  };

  const byText = new Intl.Collator("en", { numeric: true }).compare;

  function sortTable(table, heading) {
    const headings = [...table.tHead.rows[0].cells];
    const place = headings.indexOf(heading);
    const isDown = heading.getAttribute("aria-sort") === "ascending";
    headings.forEach((each) => each.setAttribute("aria-sort", "none"));
    heading.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const asFigures = heading.classList.contains("figure");
    const lines = [...table.tBodies[0].rows].map((row) => ({ row, text: row.cells[place].textContent.trim() }));
    const missing = (line) => line.text === "" || line.text === DASH || (asFigures && figureOf(line.text) === null);
    const compare = (a, b) => (asFigures ? figureOf(a.text) - figureOf(b.text) : byText(a.text, b.text));
    const told = lines.filter((line) => !missing(line)).sort((a, b) => (isDown ? compare(b, a) : compare(a, b)));
    // Lines without a figure stand last whichever way it goes.
    table.tBodies[0].append(...[...told, ...lines.filter(missing)].map((line) => line.row));
  }

  function setUpTable(box) {
    const table = box.querySelector("table");
    const words = box.querySelector("[data-words]");
    const kind = box.querySelector("select[data-kind]");
    const count = box.querySelector("[data-count]");
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const filter = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const only = kind ? kind.value : "";
      let shown = 0;
      for (const row of rows) {
        row.hidden = !wanted.every((word) => texts.get(row).includes(word)) || (only !== "" && row.dataset.kind !== only);
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = shown === rows.length ? `${rows.length} lines` : `${shown} of ${rows.length} lines`;
    };
    words.addEventListener("input", filter);
    if (kind) kind.addEventListener("change", filter);
    for (const heading of table.tHead.rows[0].cells) {
      heading.querySelector("button").addEventListener("click", () => sortTable(table, heading));
    }
    filter();
  }

  document.querySelectorAll("[data-table]").forEach(setUpTable);
})();
