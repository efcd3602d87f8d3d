// Sorts a table by the column whose heading is pressed: numbers by all their digits.
function valueOf(row, column) {
  const cell = row.cells[column], value = cell.dataset.v ?? cell.textContent.trim();
  const number = Number(value);
  return value === "" ? null : Number.isNaN(number) ? value : number;
}

function compareValues(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", {numeric: true});
}

function sortBy(heading, column) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  const body = heading.closest("table").tBodies[0];
  heading.parentElement.querySelectorAll("[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const rows = Array.from(body.rows, row => [valueOf(row, column), row]);
  rows.sort(([a], [b]) => a === null || b === null ? compareValues(a, b) : (descending ? -1 : 1) * compareValues(a, b));
  body.append(...rows.map(([, row]) => row));
}

document.querySelectorAll("table.sortable").forEach(table => {
  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sortBy(heading, column));
  });
});
