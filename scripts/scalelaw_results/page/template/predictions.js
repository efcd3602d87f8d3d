// Picks, from what the program predicted, the answers for the sliders' values.
function cell(text, small = "", number = false) {
  const made = document.createElement("td");
  if (number) made.className = "n";
  made.append(text);
  if (small) {
    const interval = document.createElement("small");
    interval.textContent = small;
    made.append(" ", interval);
  }
  return made;
}

function numberCell(value, low, high) {
  if (value === null) return cell("");
  const made = cell(value.toFixed(2), low === null || high === null ? "" : `[${low.toFixed(2)}, ${high.toFixed(2)}]`, true);
  made.dataset.v = value;
  return made;
}

function secondsCell(value, low, high) {
  if (value === null) return cell("");
  const [scale, unit] = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]].find(([least]) => value >= least) || [1e-9, "ns"];
  const digits = Math.max(0, 3 - Math.floor(Math.log10(value / scale)));
  const shown = one => (one / scale).toFixed(digits);
  const made = cell(`${shown(value)} ${unit}`, low === null || high === null ? "" : `[${shown(low)}, ${shown(high)}]`, true);
  made.dataset.v = value;
  return made;
}

function distanceText(law, [factor, , typical]) {
  if (!factor || factor <= 1) return "measured range";
  const usual = typical && law === "combined" ? `, usually off by ${Math.round(100 * typical)} %` : "";
  return `${Number(factor.toPrecision(3))} times the largest measured${usual}`;
}

function predictionRows(series, workers) {
  const target = series.targets[workers];
  return series.laws.filter(law => law.at[workers]).map(law => {
    const row = document.createElement("tr"), at = law.at[workers];
    Object.assign(row.dataset, {model: series.model, law: law.law});
    row.append(cell(series.title), cell(law.title), numberCell(...at.slice(0, 3)), secondsCell(...at.slice(3)),
      cell(distanceText(law.law, target)));
    return row;
  });
}

function efficiencyRows(series, level) {
  return series.efficient.filter(answer => answer[0] === level).map(([, workers, low, high, lookedTo]) => {
    const text = value => value === null ? `more than ${lookedTo}` : String(value);
    const row = document.createElement("tr"), made = cell(`${text(workers)} workers`, `[${text(low)}, ${text(high)}]`, true);
    made.dataset.v = workers ?? lookedTo + 1;
    row.dataset.model = series.model;
    row.append(cell(series.title), made);
    return row;
  });
}

// Writes the tables of every kernel for these values.
function showPredictions(workers, level) {
  for (const group of document.querySelectorAll(".group")) {
    const foreseen = told.forecasts[group.dataset.group];
    const put = (name, rows) => group.querySelector(`[data-table=${name}] tbody`)?.replaceChildren(...rows);
    put("predictions", foreseen.flatMap(series => predictionRows(series, workers)));
    put("efficient", foreseen.flatMap(series => efficiencyRows(series, level)));
  }
  document.querySelectorAll("[data-said=workers]").forEach(place => { place.textContent = workers; });
  document.querySelectorAll("[data-said=efficiency]").forEach(place => { place.textContent = level; });
}
