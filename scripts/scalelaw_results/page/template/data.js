// A text that write.py compressed into the page.
async function unfolded(name) {
  const bytes = Uint8Array.from(atob(document.getElementById(name).textContent), letter => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

// A browser that is too old for this shows the page as without scripts.
if (!window.DecompressionStream) {
  document.documentElement.classList.remove("scripted");
  return;
}

// What the program said; each table of rows stands there once.
const told = JSON.parse(await unfolded("told"));
// Vega-Embed with Vega and Vega-Lite in it.  It defines itself as a property of the window.
const vegaIsThere = unfolded("vega").then(text => new Function(text)());
const unpacked = new Map();

function rowsOf(name) {
  if (!unpacked.has(name)) {
    const {names, rows} = told.datasets[name];
    unpacked.set(name, rows.map(row => Object.fromEntries(names.map((key, i) => [key, row[i]]))));
  }
  return unpacked.get(name);
}

// The names of the rows that a specification draws.
function datasetsOf(part, found = new Set()) {
  if (part && typeof part === "object") {
    if (part.data && part.data.name in told.datasets) found.add(part.data.name);
    if (part.from && part.from.data && part.from.data.name in told.datasets) found.add(part.from.data.name);
    Object.values(part).forEach(inner => datasetsOf(inner, found));
  }
  return found;
}
