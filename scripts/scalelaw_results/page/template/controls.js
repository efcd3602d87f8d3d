// The controls: what they say goes to the figures as parameters, and chooses sections and rows of tables.
const form = document.querySelector("#controls form");
const control = Object.fromEntries(["kernel", "model", "law", "workers", "efficiency"].map(name => [name, document.getElementById(name)]));
const rulers = {workers: false, efficiency: false}; // whether that slider was moved, and figures draw its line
const chosen = {scale: "log", baseline: "serial", model: "all", law: "none", workers: null, efficiency: null};

function read() {
  const radio = name => form.elements[name].value;
  const workers = control.workers ? told.workers[Number(control.workers.value)] : null;
  const efficiency = control.efficiency ? Number(control.efficiency.value) : null;
  Object.assign(chosen, {
    scale: radio("scale"), baseline: radio("baseline"), model: control.model.value, law: control.law.value,
    workers: rulers.workers ? workers : null, efficiency: rulers.efficiency ? efficiency : null,
  });
  return {workers, efficiency};
}

function sayWorkers(workers) {
  const times = workers / told.largest;
  const beyond = times > 1 ? `, ${Number(times.toPrecision(3))} times the largest measured` : "";
  control.workers.setAttribute("aria-valuetext", `${workers} workers${beyond}`);
  document.getElementById("workers-said").textContent = `${workers} workers${beyond}`;
}

function sayEfficiency(level) {
  control.efficiency.setAttribute("aria-valuetext", `${level} %`);
  document.getElementById("efficiency-said").textContent = `at least ${level} %`;
}

// Rows of other models and of other laws are hidden; the combined prediction stays.
function chooseRows() {
  for (const row of document.querySelectorAll("tr[data-model]")) {
    const {model, law} = row.dataset, isPrediction = row.closest("table").dataset.table === "predictions";
    const otherModel = chosen.model !== "all" && model !== chosen.model;
    const single = chosen.law === "none" ? (isPrediction ? "combined" : "") : chosen.law === "all" ? "" : chosen.law;
    row.hidden = otherModel || Boolean(law && single && law !== single && !(isPrediction && law === "combined"));
  }
}

function apply() {
  const {workers, efficiency} = read();
  for (const section of document.querySelectorAll(".group")) {
    section.hidden = control.kernel.value !== "" && section.dataset.group !== control.kernel.value;
  }
  if (control.workers) {
    sayWorkers(workers);
    sayEfficiency(efficiency);
    showPredictions(workers, efficiency);
  }
  chooseRows();
  tellNear();
}

form.addEventListener("input", event => {
  if (event.target.id in rulers) rulers[event.target.id] = true;
  requestAnimationFrame(apply);
});
form.addEventListener("reset", () => setTimeout(() => {
  rulers.workers = rulers.efficiency = false;
  apply();
}));
form.addEventListener("submit", event => event.preventDefault());

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

if (matchMedia("(max-width: 60rem)").matches) document.getElementById("controls").open = false;
apply();
figures.forEach(figure => nearWindow.observe(figure.element));
(window.requestIdleCallback || setTimeout)(drawWhenIdle);
