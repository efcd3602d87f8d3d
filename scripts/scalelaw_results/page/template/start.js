// Everything is there: shows the page as its controls stand.
if (matchMedia("(max-width: 60rem)").matches) document.getElementById("controls").open = false;
apply();
figures.forEach(figure => nearWindow.observe(figure.element));
(window.requestIdleCallback || setTimeout)(drawWhenIdle);
