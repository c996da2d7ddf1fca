// Draws the chart at each figure's address. vega.js is Vega, Vega-Lite and Vega-Embed in one module: README.md says where
// it comes from. `ast` makes Vega interpret expressions, since the page's policy forbids eval.
import "./vega.js";

const API = "http://127.0.0.1:8000/v1";
const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true } };

for (const figure of document.querySelectorAll("figure")) {
  try {
    await window.vegaEmbed(figure, figure.dataset.spec, options);
  } catch (error) {
    figure.textContent = `The chart cannot be drawn: ${error.message}`;
  }
}

const [dataset] = await (await fetch(`${API}/citation.csl.json`)).json();
document.querySelector("#cite").textContent = `Cite: ${dataset.title}. ${dataset.note}. ${dataset.URL}`;
