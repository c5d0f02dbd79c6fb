/* TrialsNest: pointer, forms, focus and what went wrong; keys.js and work.js do the rest. Every page works without this file.
   No inline handlers and no eval, so script-src 'self' is enough. Nothing is stored in the browser. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const panel = () => $("#panel");
  const PATIENCE = 30_000; // ms after which a form that is still on its way may be sent again
  let cameFrom = null; // id of the lead link that opened the panel: focus goes back to it

  const rowOf = (el) => el?.closest("tr, .lead");

  const closePanel = () => {
    if (!panel()?.innerHTML.trim()) return false;
    panel().replaceChildren();
    $$(".lead.is-open").forEach((row) => row.classList.remove("is-open"));
    $$(".lead__name[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
    ((cameFrom && document.getElementById(cameFrom)) || $(".lead__name") || $("#main")).focus();
    return true;
  };

  // Pointer and forms --------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    $$("details.me[open], details.pop[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (on(".lead__name")) cameFrom = on(".lead__name").id;
    if (on("[data-open]")) document.getElementById(on("[data-open]").dataset.open)?.showModal();
    if (on("[data-close]") && panel()) { event.preventDefault(); closePanel(); }
    if (on("[data-dismiss]")) on(".toast").remove();
    if (on("[data-print]")) window.print();
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.closest("[data-autosubmit]")) field.form.requestSubmit();
    // My profile shows a theme or a density at once; the form saves it
    if (field.closest("[data-previews]") && ["theme", "density"].includes(field.name)) {
      if (field.value) document.documentElement.dataset[field.name] = field.value;
      else delete document.documentElement.dataset[field.name];
    }
    const picked = $("[data-picked]");
    if (picked && field.name === "lead") {
      const n = $$("input[name=lead]:checked").length;
      picked.textContent = n === 1 ? "1 lead selected" : `${n} leads selected`;
    }
  });

  // A second press while a plain form is on its way sends nothing
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[hx-post]")) return;
    if (form.dataset.sent) event.preventDefault();
    else setTimeout(() => { delete form.dataset.sent; }, PATIENCE);
    form.dataset.sent = "1";
  });
  // Until it comes back, is stopped (Esc, the browser's own button), or takes longer than anybody waits
  const letSend = () => $$("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  window.addEventListener("pageshow", letSend);
  window.navigation?.addEventListener("navigateerror", letSend);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") letSend(); }, true);

  // Focus after a swap -------------------------------------------------------------------------
  let losing = false; // focus is about to be thrown away with the old content
  document.addEventListener("htmx:beforeSwap", (event) => {
    losing = document.activeElement !== document.body && event.detail.target.contains(document.activeElement);
  });
  const markOpenRow = () => {
    $$(".lead.is-open").forEach((row) => row.classList.remove("is-open"));
    const shown = $("#panel [data-lead]")?.dataset.lead;
    if (shown) cameFrom = `open-${shown}`; // also where it was not opened from the list
    const link = cameFrom && document.getElementById(cameFrom);
    $$(".lead__name[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
    if (link) { rowOf(link).scrollIntoView({ block: "nearest" }); rowOf(link).classList.add("is-open"); link.setAttribute("aria-current", "true"); }
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    const root = event.detail.elt.isConnected ? event.detail.elt : event.detail.target;
    if (event.detail.target.id === "panel") markOpenRow();
    const asked = root.matches("[data-focus]") ? root : $$("[data-focus]", root).pop();
    const lost = losing && document.activeElement === document.body;
    if (asked) asked.focus();
    else if (lost) ((root.id && $(`#${CSS.escape(root.id)} .lead__name`)) || document.getElementById(cameFrom) || $("#main")).focus();
    losing = false;
  });

  // An undo brings the panel beside its toast
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id !== "panel") return;
    markOpenRow();
    $("#panel [data-focus]")?.focus();
  });

  // Trouble is told where the saved message stands, in words, and nothing typed is lost -----------
  const say = (text, id = "") => {
    if (id && document.getElementById(id)) return;
    const toast = document.createElement("div");
    const words = document.createElement("p");
    const close = document.createElement("button");
    toast.className = "toast";
    toast.id = id;
    words.textContent = text;
    Object.assign(close, { className: "btn btn--s", type: "button", textContent: "Dismiss" });
    close.dataset.dismiss = "";
    toast.append(words, close);
    $("#toasts").append(toast);
  };
  const OFFLINE = "No connection. What you typed is still here and is not saved.";
  const REFUSED = {
    401: "You were signed out. What you typed is still here; sign in in another tab, then send it again.",
    403: "You do not have access to that.",
    404: "That is no longer there. Load the page again.",
    429: "Too many tries. Wait a minute, then try again.",
  };
  window.addEventListener("offline", () => say(OFFLINE, "offline"));
  window.addEventListener("online", () => document.getElementById("offline")?.remove());
  document.addEventListener("htmx:sendError", () => say(OFFLINE, "offline"));
  document.addEventListener("htmx:timeout", () => say("That took too long. What you typed is still here. Try again."));
  let signedOut = false;
  const tellSignedOut = () => { signedOut = true; say(REFUSED[401], "signed-out"); };
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    signedOut ||= status === 401;
    say(REFUSED[status] || "Something went wrong on our side. What you typed is still here. Try again.", status === 401 ? "signed-out" : "");
  });
  // Signing in elsewhere ends the forms' old token; back in this tab they take the new one
  const renew = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const token = $("[name=csrfmiddlewaretoken]", new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (!token) return;
    signedOut = false;
    document.getElementById("signed-out")?.remove();
    $$("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token.value; });
    document.dispatchEvent(new CustomEvent("desk:signed-in"));
  };
  window.addEventListener("focus", () => { if (signedOut) renew(); });

  // What drafts.js and fresh.js have to say
  document.addEventListener("desk:signed-out", tellSignedOut);
  document.addEventListener("desk:old-token", renew);
  document.addEventListener("desk:say", (event) => say(event.detail, "desk-says"));

  // A page loaded with an error or a conflict starts there
  $("[data-focus][role=alert]")?.focus();
})();
