// The form of controls.  What they mean is in the script of each kind of page, which has apply().
const form = document.querySelector("#controls form");
const checked = name => form.elements[name].value; // of radio buttons

form.addEventListener("input", () => requestAnimationFrame(apply));
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("submit", event => event.preventDefault());

// Shows the sections of the kernel that was chosen.
function chooseSections(kernel) {
  for (const section of document.querySelectorAll(".group")) {
    section.hidden = kernel !== "" && section.dataset.group !== kernel;
  }
}

// On paper everything folded is open.
const opened = new Set();
addEventListener("beforeprint", () => {
  figures.forEach(tell);
  document.querySelectorAll("details:not([open])").forEach(one => {
    opened.add(one);
    one.open = true;
  });
});
addEventListener("afterprint", () => {
  opened.forEach(one => { one.open = false; });
  opened.clear();
});
