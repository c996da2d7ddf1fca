// A chart that answers the pointer, in place of its picture. Expressions are interpreted, never compiled: no page of
// this site lets text become code.

// A bar leads to its figure: for the keyboard as for the pointer.
const reachable = (bar) => {
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
  await import(figure.dataset.vega); // puts vegaEmbed into the window
  let latest = 0;
  const draw = async () => {
    const mine = ++latest; // the window may be turned or darkened while an answer is on its way
    const width = narrow.matches ? 420 : 640;
    const theme = dark.matches ? "dark" : "light";
    const answer = await fetch(`${figure.dataset.spec}&theme=${theme}&width=${width}`);
    if (!answer.ok) return;
    const box = document.createElement("div");
    box.className = "drawn";
    await window.vegaEmbed(box, await answer.json(), {
      ast: true,
      actions: false,
      renderer: "svg",
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
    });
    if (mine !== latest) return;
    figure.replaceChildren(box);
    box.querySelectorAll(".mark-rect path").forEach(reachable);
  };
  for (const each of [dark, narrow]) each.addEventListener("change", draw);
  await draw();
}
