/* The keyboard. Which key does what stands in one table (trialsnest/lib/keys.py), which every page
   carries as its help sheet; here stands what is done, under the names of that table. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const press = (event, el) => { if (el) { event.preventDefault(); el.click(); } return Boolean(el); };
  const focus = (event, el) => { if (el) { event.preventDefault(); el.focus(); } };
  const rowOf = (el) => el?.closest("tr, .lead");
  const inPanel = (el) => Boolean(el.closest("#panel"));
  const typing = (el) => el.isContentEditable
    || (/^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName) && !/^(radio|checkbox)$/.test(el.type));
  let awaitingGo = 0; // "g" was pressed; the next key names a page

  const step = (event, by) => {
    const links = $$(".lead__name");
    if (!links.length) return;
    event.preventDefault();
    const at = links.findIndex((a) => a === document.activeElement || a.hasAttribute("aria-current"));
    const next = links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    next.focus();
    rowOf(next).scrollIntoView({ block: "nearest" });
  };

  // The outcome pad: a result is a button that saves, or a radio button that opens the rest
  const choose = (event, el) => { if (press(event, el) && el.type === "radio") el.focus(); };
  const openRest = () => { const box = $("#log [data-key=n]"); if (box && !box.checked) box.click(); };
  const byKey = (name, key) => $$(`#log [${name}]`).find((el) => el.getAttribute(name) === key);

  const does = {
    help: (event) => { event.preventDefault(); $("#keys").showModal(); },
    find: (event) => focus(event, $("#find")),
    undo: (event) => press(event, $$("[data-undo]").pop()),
    shield: (event) => press(event, $("[data-shield]")),
    close: (event) => {
      if ($("dialog[open]")) return; // a native dialog closes itself
      const menu = $("details.me[open], details.pop[open], details.outs__more[open]");
      if (menu) { event.preventDefault(); menu.open = false; $("summary", menu).focus(); }
      else press(event, $("#panel [data-close]"));
    },
    save: (event) => {
      // click, not requestSubmit: htmx sends the name and value of the clicked button
      const form = event.target.closest("form") || document.createElement("i");
      press(event, $(".btn--go", form) || $(".form__acts .btn", form));
    },
    down: (event) => step(event, 1),
    up: (event) => step(event, -1),
    log: (event) => {
      const pad = $("#log input:checked[name=outcome]") || $("#log .outs input, #log .outs button");
      if (pad) focus(event, pad);
      else press(event, document.activeElement.closest(".lead__name"));
    },
    pick: (event) => {
      const row = rowOf(document.activeElement);
      if (row) press(event, $("input[type=checkbox]", row));
    },
    claim: (event) => press(event, $("[data-claim]", rowOf(document.activeElement) || document.body)),
    bucket: (event) => press(event, $(`.buckets [aria-keyshortcuts="${event.key}"]`)),
    all: (event) => press(event, $(".say [aria-keyshortcuts='0']")),
    outcome: (event) => {
      const second = $(".outs__more[open]")?.contains(document.activeElement);
      choose(event, byKey(second ? "data-second-key" : "data-key", event.key));
    },
    more: (event) => { const more = byKey("data-key", "m"); if (more) { more.closest("details").open = true; focus(event, more); } },
    moved: (event) => {
      const mark = byKey("data-move-key", event.key);
      const input = mark && $("input", mark.closest("label"));
      if (input?.getClientRects().length) choose(event, input); // not what the outcome leaves out
    },
    waits: (event) => { if ($("#log-waits_on")) { openRest(); focus(event, $("#log-waits_on")); } },
    book: (event) => press(event, $("#log [data-carries=b]")),
    end: (event) => press(event, $("#log [data-carries=z]")),
    note: (event) => { if ($("#log")) { openRest(); focus(event, $("#log-note")); } },
    when: (event) => { if ($("#log")) { openRest(); focus(event, $("#log-when")); } },
    previous: (event) => press(event, $("[data-step='-1']")),
    next: (event) => press(event, $("[data-step='1']")),
    page: (event) => press(event, $("#panel [data-page]")),
  };

  const table = () => $$("#keys [data-does]").map((row) => [row.dataset.does, row.dataset.keys.split(" ")]);
  const named = (key) => table().find(([, keys]) => keys.includes(key))?.[0];
  const digit = (event) => {
    if (inPanel(event.target) || !$(".buckets")) return "outcome";
    return event.key === "0" ? "all" : "bucket";
  };

  // While another lead is on its way a key would act on the one that goes, or on the list behind it
  const MEANWHILE = ["down", "up", "help", "find"];
  let coming = 0;
  const counts = (by) => (event) => { if (event.detail.target?.id === "panel") coming = Math.max(0, coming + by); };
  document.addEventListener("htmx:beforeSend", counts(1));
  document.addEventListener("htmx:afterRequest", counts(-1));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = event.ctrlKey || event.metaKey;
    if (chord && event.repeat) return;
    if (event.key === "Escape" || (chord && event.key === "Enter")) {
      does[named(chord ? "Control+Enter" : event.key)]?.(event);
      return;
    }
    if (chord || event.altKey || typing(event.target)) return;
    if (document.body.dataset.keys !== "on" || $("dialog[open]")) return;

    const page = awaitingGo && $(`[data-go="${CSS.escape(event.key)}"]`);
    clearTimeout(awaitingGo);
    awaitingGo = 0;
    if (page) press(event, page);
    else if (event.key === "g") awaitingGo = setTimeout(() => { awaitingGo = 0; }, 1200);
    else {
      const name = /^[0-9]$/.test(event.key) ? digit(event) : named(event.key);
      if (coming && !MEANWHILE.includes(name)) return;
      // A key held down moves on through the list; anything else it does once, never to the next lead
      if (!event.repeat || name === "down" || name === "up") does[name]?.(event);
    }
  });
})();
