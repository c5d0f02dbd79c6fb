/* The list under the search box: arrows and Enter. Nothing typed is kept anywhere. */
(() => {
  "use strict";
  const box = document.getElementById("find");
  const list = document.getElementById("found");
  let shownFor = null; // the text whose leads stand in the list

  const close = () => { list.replaceChildren(); shownFor = null; };
  const linksBy = (el) => [...el.closest(".found__list").querySelectorAll(".found__go")];

  const move = (event, link) => {
    const links = linksBy(link);
    const at = links.indexOf(link);
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (to < 0 && list?.contains(link)) box.focus();
    else links[Math.min(links.length - 1, Math.max(0, to))].focus();
  };

  // In the capturing phase, before the keys of app.js
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const link = event.target.closest?.(".found__go");
    if (link) move(event, link);
    if (!box || !list) return;
    const first = list.querySelector(".found__go");
    if (event.key === "Escape" && list.firstElementChild && (event.target === box || link)) {
      event.preventDefault();
      close();
      box.focus();
    } else if (event.target === box && first && event.key === "ArrowDown") {
      event.preventDefault();
      first.focus();
    } else if (event.target === box && first && event.key === "Enter" && shownFor === box.value) {
      event.preventDefault();
      first.click();
    }
  }, true);

  if (!box || !list) return;
  box.addEventListener("input", () => { if (!box.value.trim()) close(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== list) return;
    if (!box.value.trim()) event.detail.shouldSwap = false; // emptied while the answer came
    else shownFor = box.value;
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".find")) close(); });
  // Back to this page: what was typed is not shown again
  window.addEventListener("pagehide", () => { box.value = ""; close(); });
})();
