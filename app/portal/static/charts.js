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

const figure = document.querySelector(".chart");
const picture = figure?.querySelector("img");
if (picture) {
  await import(figure.dataset.vega); // sets window.vegaEmbed
  const box = document.createElement("div");
  box.className = "drawn";
  let latest = 0;
  // The page's markup chooses the width and the colours of the picture; the drawing has the same.
  const draw = async () => {
    const mine = ++latest; // the picture may change before the response arrives
    const address = new URL(picture.currentSrc);
    address.pathname = address.pathname.replace(/svg$/, "vl.json");
    address.searchParams.delete("shape");
    const response = await fetch(address);
    if (!response.ok) return;
    const specification = await response.json();
    if (mine !== latest) return;
    await window.vegaEmbed(box, specification, {
      ast: true,
      actions: false,
      renderer: "svg",
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
    });
    box.querySelectorAll(".mark-rect path").forEach(makeFocusable);
    if (!box.isConnected) figure.append(box);
    figure.classList.add("live");
  };
  picture.addEventListener("load", draw);
  if (picture.complete) await draw();
}
