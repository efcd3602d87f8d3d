// What the controls say goes to the figures as parameters, and chooses sections and rows of tables.
const control = Object.fromEntries(["kernel", "model", "law", "workers", "efficiency"].map(name => [name, document.getElementById(name)]));
const rulers = {workers: false, efficiency: false}; // whether that slider was moved, and figures draw its line
const chosen = {scale: "log", baseline: "serial", model: "all", law: "none", workers: null, efficiency: null};

form.addEventListener("input", event => { if (event.target.id in rulers) rulers[event.target.id] = true; });
form.addEventListener("reset", () => { rulers.workers = rulers.efficiency = false; });

function read() {
  const workers = control.workers ? told.workers[Number(control.workers.value)] : null;
  const efficiency = control.efficiency ? Number(control.efficiency.value) : null;
  Object.assign(chosen, {
    scale: checked("scale"), baseline: checked("baseline"), model: control.model.value, law: control.law.value,
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

const titleOf = (select, value) => Array.from(select.options).find(option => option.value === value).text;

// Why no law is drawn as the controls stand, and what to choose instead; empty where one is, or none is wanted.
function lawAdvice() {
  const {law, model} = chosen;
  if (law === "none") return "";
  const drawn = Object.entries(told.laws_drawn).filter(([group]) => !control.kernel.value || group === control.kernel.value)
    .flatMap(([, models]) => Object.entries(models)).filter(([, laws]) => law === "all" || laws.includes(law));
  const models = [...new Set(drawn.map(([name]) => name))];
  const name = law === "all" ? "a law" : titleOf(control.law, law);
  const wanted = models.map(one => titleOf(control.model, one)).join(", ");
  if (!models.length) return `There is no curve of ${name} here: it takes points with two or more numbers of workers.`;
  if (model !== "all") return models.includes(model) ? "" : `There is no curve of ${name} for this model. Choose ${wanted}.`;
  return law === "all" && models.length > 1 ? `All laws of all models would hide each other. Choose a law, or a model: ${wanted}.` : "";
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
  chooseSections(control.kernel.value);
  document.getElementById("law-said").textContent = lawAdvice();
  if (control.workers) {
    sayWorkers(workers);
    sayEfficiency(efficiency);
    showPredictions(workers, efficiency);
  }
  chooseRows();
  tellNear();
}
