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

function makeSortable(table) {
  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sortBy(heading, column));
  });
}

// The numbers of a figure that has many, when they are opened.
function numbersTable({names, rows}) {
  const table = document.createElement("table"), head = table.createTHead().insertRow(), body = table.createTBody();
  table.className = "sortable";
  for (const name of names) {
    const heading = document.createElement("th");
    heading.scope = "col";
    heading.append(name);
    head.append(heading);
  }
  for (const values of rows) {
    const row = body.insertRow();
    for (const value of values) {
      const made = row.insertCell();
      made.textContent = typeof value === "number" ? String(Number(value.toPrecision(4))) : value ?? "";
      if (typeof value === "number") Object.assign(made, {className: "n"}).dataset.v = value;
    }
  }
  makeSortable(table);
  return table;
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
for (const figure of figures.filter(one => one.numbers)) {
  figure.element.querySelector("details.numbers").addEventListener("toggle", event => {
    const place = event.target.querySelector(".scroll");
    if (event.target.open && !place.querySelector("table")) place.replaceChildren(numbersTable(figure.numbers));
  });
}
