// Shows what belongs together while one of it is pointed at; the page says everything without it.
const light = (names, on) => names.forEach((name) =>
  document.querySelectorAll(`[data-r~="${CSS.escape(name)}"]`).forEach((element) => element.classList.toggle("lit", on)));
for (const element of document.querySelectorAll("[data-r]")) {
  const names = element.dataset.r.split(" ");
  for (const [event, on] of [["mouseenter", true], ["focusin", true], ["mouseleave", false], ["focusout", false]])
    element.addEventListener(event, () => light(names, on));
}
