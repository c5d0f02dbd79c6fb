/* What colleagues changed is offered, never pushed: once a minute, while the page is seen, the
   numbers around the list are taken over and a line says how many leads of the list are not as shown.
   No row moves. Nothing is stored in the browser. */
(() => {
  "use strict";
  const EVERY = 60000; // ms
  const here = document.getElementById("fresh");
  if (!here) return;
  let asked = Date.now();
  let asking = false;

  const take = (page) => {
    page.querySelectorAll(".bucket").forEach((fresh) => {
      const shown = document.getElementById(fresh.id);
      if (!shown) return;
      shown.dataset.count = fresh.dataset.count;
      for (const part of [".bucket__n", ".bucket__sub"]) {
        const [to, from] = [shown.querySelector(part), fresh.querySelector(part)];
        if (to && from && to.textContent !== from.textContent) to.replaceChildren(...from.cloneNode(true).childNodes);
      }
    });
    for (const id of ["sums", "tabs", "zeros"]) {
      const [to, from] = [document.getElementById(id), page.getElementById(id)];
      if (to && from && to.textContent !== from.textContent && !to.contains(document.activeElement)) to.replaceChildren(...from.cloneNode(true).childNodes);
    }
    const bar = here.querySelector(".stale-bar");
    const news = here.querySelector("[data-news]");
    const said = page.getElementById("news").textContent;
    if (news.textContent !== said) { // told once, when the number changes
      bar.hidden = !said;
      news.textContent = said;
    }
    here.querySelector("[data-made]").textContent = page.getElementById("made").textContent;
  };

  const ask = async () => {
    if (asking || document.visibilityState !== "visible") return;
    asking = true;
    asked = Date.now();
    const shown = [...document.querySelectorAll("#list .lead, [data-lead]")].map((row) => row.dataset.lead || row.id.slice("lead-".length));
    try {
      const answer = await fetch(`${here.dataset.pulse}&shown=${shown.join(",")}`, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (answer.status === 401) { clearInterval(timer); document.dispatchEvent(new CustomEvent("desk:signed-out")); }
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* no connection: the line keeps the time at which the numbers were right */ }
    asking = false;
  };

  let timer = setInterval(ask, EVERY);
  const late = () => { if (Date.now() - asked >= EVERY) ask(); };
  document.addEventListener("desk:changed", () => ask()); // one's own step, answered without the numbers
  document.addEventListener("visibilitychange", late);
  window.addEventListener("online", late);
  document.addEventListener("desk:signed-in", () => { clearInterval(timer); timer = setInterval(ask, EVERY); ask(); });
})();
