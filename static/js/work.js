/* Working through the list on the screen: what stands beside the lead in the panel, the next one
   after an outcome, and approved wording to the clipboard. The list stays as it is meanwhile. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  const neighbor = (by) => {
    const shown = $("#panel [data-lead]")?.dataset.lead;
    const rows = $$("#list .lead");
    const at = rows.findIndex((row) => row.id === `lead-${shown}`);
    return at < 0 ? null : rows[at + by] || null;
  };

  // Previous and next follow the list; beyond its ends the server knows
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-step]");
    const row = link && neighbor(Number(link.dataset.step));
    if (!row) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    $(".lead__name", row).click();
  }, true);

  // The outcome says who stands behind this lead, so that one request brings her panel
  document.addEventListener("htmx:configRequest", (event) => {
    const row = event.detail.elt.id === "log" && neighbor(1);
    if (!row) return;
    const opens = new URL($(".lead__name", row).href);
    event.detail.parameters.next = row.id.slice("lead-".length);
    event.detail.parameters.next_place = opens.searchParams.get("place") || "";
  });

  // A form of the same panel that a key or a link of the pad opens, with its choice made
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-picks]");
    const form = link && document.getElementById(link.hash.slice(1));
    if (!form) return;
    event.preventDefault();
    form.open = true;
    const [name, value] = link.dataset.picks.split("=");
    const field = $(`[name="${name}"][value="${value}"]`, form);
    field?.closest("details:not([open])")?.setAttribute("open", "");
    field?.click();
    (field || $("summary", form)).focus();
  });

  // The form of a booking or a close takes along what the pad holds of the contact
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-carries]");
    const box = link && document.getElementById(link.hash.slice(1));
    if (!box) return;
    event.preventDefault();
    box.closest("details.work--more")?.setAttribute("open", "");
    box.open = true;
    const take = (name, value) => {
      const field = value && $(`[name="${name}"]`, box);
      if (field && (field.tagName !== "SELECT" || [...field.options].some((each) => each.value === value))) field.value = value;
    };
    take("contact", $("#log [name=outcome]:checked")?.value);
    take("contact_channel", $("#log [name=channel]")?.value);
    take("contact_note", $("#log-note")?.value);
    $$("#log :is([name=outcome], [data-key=n]):checked").forEach((each) => { each.checked = false; }); // it stands there now
    const first = $("form input:not([type=hidden]), form select, form textarea", box);
    (first || $("summary", box)).focus();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    const words = button && document.getElementById(button.dataset.copies);
    if (!words) return;
    try {
      await navigator.clipboard.writeText(words.textContent);
    } catch { // no clipboard without a secure address: the words are selected instead
      getSelection().selectAllChildren(words);
      return;
    }
    const used = $("#log-wording");
    if (used) used.value = button.dataset.wording;
    $("#live").textContent = "Copied.";
    button.querySelector("[data-said]").textContent = "Copied";
  });
})();
