// Enhancements: copy buttons, highlighted marks, and / to search. Every page works without them.

const chinese = document.documentElement.lang.startsWith("zh");
const say = (zh, en) => (chinese ? zh : en);

for (const box of document.querySelectorAll(".code, .cited")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("复制", "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("code, p").textContent);
    button.textContent = say("已复制", "Copied");
    setTimeout(() => { button.textContent = say("复制", "Copy"); }, 1500);
  });
  box.append(button);
}

// A mark in the drawing of a source and its line in the list highlight together.
for (const mark of document.querySelectorAll("[data-mark]")) {
  const both = document.querySelectorAll(`[data-mark="${CSS.escape(mark.dataset.mark)}"]`);
  const light = (on) => both.forEach((each) => each.classList.toggle("lit", on));
  for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
    mark.addEventListener(event, () => light(on));
  }
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector("#find").focus();
  }
});
