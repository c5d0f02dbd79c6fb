/* TrialsNest: keyboard, focus and small conveniences. Every page works without this file.
   No inline handlers and no eval, so script-src 'self' is enough. Nothing is stored in the browser. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const panel = () => $("#panel");
  let cameFrom = null; // id of the lead link that opened the panel: focus goes back to it
  let awaitingGo = 0;  // "g" was pressed; the next key names a page

  const typing = (el) => el.isContentEditable
    || (/^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName) && !/^(radio|checkbox)$/.test(el.type));
  const press = (event, el) => { if (el) { event.preventDefault(); el.click(); } };
  const rowOf = (el) => el?.closest("tr, .lead");

  // Keyboard -----------------------------------------------------------------------------------
  const step = (by) => {
    const links = $$(".lead__name");
    if (!links.length) return;
    const at = links.findIndex((a) => a === document.activeElement || a.id === cameFrom);
    const next = links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    next.focus();
    rowOf(next).scrollIntoView({ block: "nearest" });
  };

  const closePanel = () => {
    if (!panel()?.innerHTML.trim()) return false;
    panel().replaceChildren();
    $$(".lead.is-open").forEach((row) => row.classList.remove("is-open"));
    $$(".lead__name[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
    ((cameFrom && document.getElementById(cameFrom)) || $(".lead__name") || $("#main")).focus();
    return true;
  };

  const escape = (event) => {
    if ($("dialog[open]")) return; // a native dialog closes itself
    const menu = $("details.me[open], details.pop[open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); return; }
    if (closePanel()) event.preventDefault();
  };

  const digit = (event, inPanel) => {
    const outcome = $$(".log input[name=outcome]")[Number(event.key) - 1];
    if (outcome && (inPanel || !$(".buckets"))) {
      event.preventDefault();
      outcome.click();
      outcome.focus();
    } else if (!inPanel) {
      press(event, $(`.buckets [aria-keyshortcuts="${event.key}"], .say [aria-keyshortcuts="${event.key}"]`));
    }
  };

  const logCall = (event) => {
    const chosen = $(".log input[name=outcome]:checked") || $(".log input[name=outcome]");
    if (chosen) { event.preventDefault(); chosen.focus(); }
    else press(event, document.activeElement.closest(".lead__name"));
  };

  const keys = {
    "g": () => { awaitingGo = setTimeout(() => { awaitingGo = 0; }, 1200); },
    "/": (e) => { if ($("#find")) { e.preventDefault(); $("#find").focus(); } },
    "?": (e) => { e.preventDefault(); $("#keys")?.showModal(); },
    "u": (e) => press(e, $$("[data-undo]").pop()),
    "j": (e) => { e.preventDefault(); step(1); },
    "k": (e) => { e.preventDefault(); step(-1); },
    "x": (e) => press(e, $("input[type=checkbox]", rowOf(document.activeElement) || panel())),
    "c": (e) => press(e, $("[data-claim]", rowOf(document.activeElement) || document.body)),
    "o": (e) => press(e, $("#panel [aria-keyshortcuts='o']")),
    "s": (e) => press(e, $("[data-shield]")),
    "[": (e) => press(e, $("[aria-keyshortcuts='[']")),
    "]": (e) => press(e, $("[aria-keyshortcuts=']']")),
    "l": logCall,
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      // click, not requestSubmit: htmx sends the name and value of the clicked button
      const form = event.target.closest("form") || document.createElement("i");
      press(event, $(".btn--go", form) || $(".form__acts .btn", form));
      return;
    }
    if (event.key === "Escape") { escape(event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.body.dataset.keys !== "on" || $("dialog[open]")) return;

    const page = awaitingGo && $(`[data-go="${CSS.escape(event.key)}"]`);
    clearTimeout(awaitingGo);
    awaitingGo = 0;
    if (page) press(event, page);
    else if (/^[0-9]$/.test(event.key)) digit(event, event.target.closest("#panel"));
    else keys[event.key]?.(event);
  });

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
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // Focus after a swap -------------------------------------------------------------------------
  let losing = false; // focus is about to be thrown away with the old content
  document.addEventListener("htmx:beforeSwap", (event) => {
    losing = document.activeElement !== document.body && event.detail.target.contains(document.activeElement);
  });
  const markOpenRow = () => {
    $$(".lead.is-open").forEach((row) => row.classList.remove("is-open"));
    const link = cameFrom && document.getElementById(cameFrom);
    if (link) { rowOf(link).classList.add("is-open"); link.setAttribute("aria-current", "true"); }
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
