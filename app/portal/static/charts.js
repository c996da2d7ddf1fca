// Replaces the picture of a chart with an interactive one. Vega interprets expressions (`ast`) instead of compiling
// them, because the content security policy forbids eval.

// Make a bar a link for the keyboard too.
const makeFocusable = (bar) => {
  const address = bar.__data__?.href;
  if (!address) return;
  bar.setAttribute("tabindex", "0");
  bar.setAttribute("role", "link");
  bar.addEventListener("keydown", (event) => { if (event.key === "Enter") location.assign(address); });
};

const figure = document.querySelector(".chart[data-spec]");
if (figure) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 36rem)");
  await import(figure.dataset.vega); // sets window.vegaEmbed
  let latest = 0;
  const draw = async () => {
    const mine = ++latest; // the width or the colours may change before the response arrives
    const width = narrow.matches ? 420 : 640;
    const theme = dark.matches ? "dark" : "light";
    const response = await fetch(`${figure.dataset.spec}&theme=${theme}&width=${width}`);
    if (!response.ok) return;
    const box = document.createElement("div");
    box.className = "drawn";
    await window.vegaEmbed(box, await response.json(), {
      ast: true,
      actions: false,
      renderer: "svg",
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
    });
    if (mine !== latest) return;
    figure.replaceChildren(box);
    box.querySelectorAll(".mark-rect path").forEach(makeFocusable);
  };
  for (const each of [dark, narrow]) each.addEventListener("change", draw);
  await draw();
}
