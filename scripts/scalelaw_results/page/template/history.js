// The controls of a history: which points are shown, and where the axes of time begin.
const control = Object.fromEntries(["kernel", "model", "points"].map(name => [name, document.getElementById(name)]));
const chosen = {start: "near"};

function apply() {
  chosen.start = checked("start");
  chooseSections(control.kernel.value);
  for (const one of document.querySelectorAll("figure[data-model], tr[data-model]")) {
    const {model, changed} = one.dataset;
    one.hidden = (control.model.value !== "all" && model !== control.model.value)
      || (control.points.value === "changed" && changed === "no");
  }
  for (const fold of document.querySelectorAll(".fold")) {
    fold.hidden = !fold.querySelector("figure:not([hidden])");
  }
  tellNear();
}
