// Light, dark, or as the system has it.  Colours are CSS variables, which SVG follows by itself; a canvas does not.
const looks = [["", "◐ auto", "as the system"], ["light", "☀ light", "light"], ["dark", "☾ dark", "dark"]];
const lookButton = document.getElementById("look");
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function showLook(number) {
  const [look, text, words] = looks[number];
  if (look) document.documentElement.dataset.look = look;
  else delete document.documentElement.dataset.look;
  lookButton.dataset.number = number;
  lookButton.textContent = text;
  lookButton.setAttribute("aria-label", `Colours: ${words}`);
  redrawCanvases();
}

// The specification with the colours that its variables have now.
function inColors(spec) {
  const style = getComputedStyle(document.documentElement);
  return JSON.parse(JSON.stringify(spec).replace(/var\((--c-[0-9a-f]+)\)/g, (_, name) => style.getPropertyValue(name).trim()));
}

lookButton.addEventListener("click", () => showLook((Number(lookButton.dataset.number || 0) + 1) % looks.length));
systemIsDark.addEventListener("change", () => redrawCanvases());
