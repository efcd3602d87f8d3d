// Draws each figure when it comes near the window, in the place of its still picture.
const figures = Array.from(document.querySelectorAll("figure[data-figure]"), element => ({
  element, chart: element.querySelector(".chart"), ...told.figures[Number(element.dataset.figure)],
  view: null, drawing: null, width: 0, near: false, said: "",
}));
const figureOf = new Map(figures.map(figure => [figure.element, figure]));

const ruler = document.createElement("canvas").getContext("2d");
const SMALL = 12; // the size of text in legends and at ticks

function textWidth(text) {
  ruler.font = `${SMALL}px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

// The lines of a text that may be so wide, broken between words.
function wrapped(text, width) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

// A figure as wide as `width` has room for legends beside its axis of values, which takes `axis`: so many columns, and
// labels of so many pixels, in several lines if need be.  A title of the other axis that is wider than the panel gets
// two lines.
function fit(part, width, axis) {
  if (!part || typeof part !== "object") return;
  const size = SMALL, room = width - axis - 2 * size;
  if (part.legend && part.scale && Array.isArray(part.scale.domain)) {
    const labels = part.scale.domain.map(String), longest = Math.max(...labels.map(textWidth)) + 3 * size;
    part.legend.columns = Math.max(1, Math.min(labels.length, Math.floor(room / longest)));
    part.legend.labelLimit = room - size;
    const lines = Object.fromEntries(labels.map(label => [label, wrapped(label, room - size)]));
    part.legend.labelExpr = `${JSON.stringify(lines)}[datum.label] || datum.label`;
  }
  const title = part.x?.axis?.title;
  if (typeof title === "string" && title.length * 0.62 * size > width - axis && title.includes(" (")) {
    part.x.axis.title = title.split(/ (?=\()/);
  }
  Object.entries(part).forEach(([key, value]) => { if (key !== "datasets") fit(value, width, axis); });
}

// The choices that hold for a figure.  One of a model's laws shows them all until one is chosen.  One without speedups
// over the chosen baseline stays over its own.
function choicesFor(figure) {
  const choices = {...chosen};
  if (figure.element.dataset.kind === "laws") {
    delete choices.model;
    if (choices.law === "none") choices.law = "all";
  }
  if (!(choices.baseline in figure.captions)) delete choices.baseline;
  return choices;
}

// The caption names the baseline that is drawn.
function sayBaseline(figure) {
  const said = figure.captions[chosen.baseline];
  if (said) figure.element.querySelector("figcaption").textContent = said;
}

function specificationOf(figure, width) {
  const spec = figure.canvas ? inColors(figure.spec) : JSON.parse(JSON.stringify(figure.spec));
  spec.config.axis.labelLimit = Math.min(spec.config.axis.labelLimit, 0.48 * width);
  const widest = spec.usermeta?.widest_tick; // of an axis that has names
  fit(spec, width, widest ? Math.min(textWidth(widest), 0.48 * width) + 20 : 70);
  const choices = choicesFor(figure);
  for (const parameter of spec.params || []) {
    if (parameter.name in choices && !("expr" in parameter)) parameter.value = choices[parameter.name];
  }
  spec.autosize = {...spec.autosize, resize: true}; // legends come and go
  spec.datasets = Object.fromEntries(Array.from(datasetsOf(spec), name => [name, rowsOf(name)]));
  return spec;
}

// What is folded has no width yet; figures stand in grids of equal columns.
function foldedWidth() {
  return Math.max(0, ...Array.from(document.querySelectorAll(".grid .chart"), chart => chart.clientWidth));
}

function draw(figure) {
  if (!figure.drawing) figure.drawing = drawNow(figure).finally(() => { figure.drawing = null; });
  return figure.drawing;
}

async function drawNow(figure) {
  const width = figure.chart.clientWidth || foldedWidth();
  if (!width) return;
  await vegaIsThere;
  const holder = document.createElement("div");
  holder.style.cssText = "position:absolute;visibility:hidden";
  holder.style.width = `${width}px`;
  figure.chart.append(holder);
  const {view} = await vegaEmbed(holder, specificationOf(figure, width), {actions: false, renderer: figure.canvas ? "canvas" : "svg"});
  holder.style.cssText = "";
  if (figure.view) figure.view.finalize();
  figure.chart.replaceChildren(holder);
  Object.assign(figure, {view, width, said: ""});
  tell(figure);
}

// Sets the parameters of a drawn figure as the controls stand.
function tell(figure) {
  const choices = choicesFor(figure), say = JSON.stringify(choices);
  if (!figure.view || figure.said === say) return;
  for (const parameter of figure.spec.params || []) {
    if (parameter.name in choices && !("expr" in parameter)) figure.view.signal(parameter.name, choices[parameter.name]);
  }
  figure.said = say;
  figure.view.runAsync();
}

// Vega gives a group of marks a role even when none of its marks is drawn, and then no name.
function tidy(figure) {
  for (const group of figure.chart.querySelectorAll("g[role=graphics-symbol]:not([aria-label])")) {
    group.removeAttribute("role");
    group.removeAttribute("aria-roledescription");
  }
}

// Those out of sight follow when they come into it.
function tellNear() {
  figures.forEach(sayBaseline);
  figures.filter(figure => figure.near).forEach(tell);
}

function redrawCanvases() {
  figures.filter(figure => figure.canvas && figure.view).forEach(draw);
}

figures.forEach(figure => new MutationObserver(() => tidy(figure)).observe(figure.chart, {
  subtree: true, childList: true, attributeFilter: ["role"],
}));

const nearWindow = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const figure = figureOf.get(entry.target);
    figure.near = entry.isIntersecting;
    if (figure.near) figure.view ? tell(figure) : draw(figure);
  }
}, {rootMargin: "300px"});

let resizing = 0;
addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => figures.forEach(figure => {
    if (figure.view && Math.abs(figure.chart.clientWidth - figure.width) > 40) draw(figure);
  }), 200);
});

// A figure without a still picture would be missing on paper, so it is drawn when there is time, folded or not.
function drawWhenIdle() {
  const next = figures.find(figure => !figure.view && !figure.chart.querySelector("svg") && !figure.element.closest("[hidden]"));
  if (next) draw(next).then(() => next.view && (window.requestIdleCallback || setTimeout)(drawWhenIdle));
}
