/* A meeting: the time in its present part, and going where its driver goes. What is typed is kept as
   a draft (drafts.js), so that a page may be made anew at any moment. */
(() => {
  "use strict";
  const EVERY = 2000; // ms between two looks; a change shows within five seconds
  const here = document.querySelector("[data-meeting]");
  if (!here) return;

  const timer = here.querySelector("[data-timer]");
  const began = Date.now() - Number(timer.dataset.timer) * 1000;
  const tick = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - began) / 1000));
    timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  setInterval(tick, 1000);

  const said = here.querySelector("[data-meeting-said]");
  const say = (text) => { if (said.textContent !== text) said.textContent = text; };
  const leaving = () => Boolean(document.querySelector("form[data-sent]"));
  let asking = false;
  let looking = 0;

  const look = async () => {
    if (asking || leaving()) return;
    asking = true;
    try {
      const answer = await fetch(here.dataset.meeting, { headers: { "HX-Request": "true" }, redirect: "error", signal: AbortSignal.timeout(10000) });
      if (answer.status === 401) { clearInterval(looking); document.dispatchEvent(new CustomEvent("desk:signed-out")); }
      if (answer.ok) {
        say("");
        const mark = await answer.text();
        if (mark !== here.dataset.mark && !leaving()) { clearInterval(looking); location.replace(here.dataset.page); }
      }
    } catch { say("No connection. What is shown here may have changed."); }
    asking = false;
  };
  const start = () => { clearInterval(looking); looking = setInterval(look, EVERY); };
  document.addEventListener("desk:signed-in", start);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  start();
})();
