/* Drafts: what is typed into a form is kept on the server until it is sent, never here.
   A form that holds [data-draft] is kept at most three seconds after the first key. While that
   does not work the form says so, and tries again until it does. */
(() => {
  "use strict";
  const PAUSE = 800, MOST = 2000;           // ms after the last key, and after the first one
  const FIRST_RETRY = 1000, LAST_RETRY = 30000;
  const PATIENCE = 10000;                   // ms without an answer count as a failure
  const known = new Map();                  // forms with words in them: what became of these

  const place = (form) => form.querySelector("[data-draft]");
  const stateOf = (form) => {
    if (!known.has(form)) known.set(form, { dirty: false, since: 0, timer: 0, retry: 0, sending: null });
    return known.get(form);
  };
  const say = (form, text, isBad = false) => {
    const line = form.querySelector("[data-draft-said]");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("bad", isBad);
  };
  const later = (form, ms) => {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => keep(form), ms);
  };
  const changed = (form) => {
    if (!form || !place(form)) return;
    const state = stateOf(form);
    state.dirty = true;
    state.stuck = false;
    state.since ||= Date.now();
    if (!state.retry) later(form, Math.max(0, Math.min(PAUSE, state.since + MOST - Date.now())));
  };
  const drop = (address) => known.forEach((state, form) => { // its words go: nothing of them is sent any more
    if (place(form)?.dataset.draft !== address) return;
    clearTimeout(state.timer);
    Object.assign(state, { dirty: false, retry: 0, since: 0 });
  });
  const forget = (form) => {
    clearTimeout(known.get(form)?.timer);
    known.delete(form);
  };

  // Keeping ------------------------------------------------------------------------------------
  const failed = (form, why) => {
    const state = stateOf(form);
    state.dirty = true;
    state.retry = Math.min(LAST_RETRY, state.retry ? state.retry * 2 : FIRST_RETRY);
    say(form, `Not saved. ${why}`, true);
    later(form, state.retry);
    return false;
  };
  const refused = (form, text) => {
    stateOf(form).stuck = true;
    say(form, `Not saved. ${text}`, true);
    return false;
  };
  const answered = async (form, answer) => {
    const state = stateOf(form);
    if (answer.status === 401) {
      document.dispatchEvent(new CustomEvent("desk:signed-out"));
      return failed(form, "You were signed out; sign in in another tab.");
    }
    if (answer.status === 403 && !state.renewed) {
      state.renewed = true; // signing in elsewhere ends the form's token
      document.dispatchEvent(new CustomEvent("desk:old-token"));
      return failed(form, "Trying again.");
    }
    if (answer.status === 403 || answer.status === 404) return refused(form, "You cannot send this form any more.");
    if (answer.status === 413 || answer.status === 422) return refused(form, (await answer.json().catch(() => ({}))).said || "");
    if (!answer.ok) return failed(form, "Trying again.");
    const told = await answer.json();
    Object.assign(state, { retry: 0, renewed: false, stuck: false });
    if (!state.dirty) state.since = 0;
    mark(form, told.is_kept);
    say(form, told.said);
    return true;
  };
  const mark = (form, isKept) => {
    const there = form.querySelector("input[name=draft]");
    if (there || !isKept) return;
    place(form).append(Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value: "1" }));
  };
  const keep = (form, isLast = false) => {
    const state = stateOf(form);
    clearTimeout(state.timer);
    if (state.sending) return state.sending.then((went) => (state.dirty ? keep(form) : went));
    if (!state.dirty) return Promise.resolve(true);
    state.dirty = false;
    state.since = 0;
    const body = new URLSearchParams(new FormData(form));
    const token = body.get("csrfmiddlewaretoken");
    body.delete("csrfmiddlewaretoken");
    state.sending = fetch(place(form).dataset.draft, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token, "HX-Request": "true" },
      keepalive: isLast,
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    })
      .then((answer) => answered(form, answer), () => failed(form, "No connection. Trying again."))
      .finally(() => { state.sending = null; if (state.dirty && !state.retry) later(form, PAUSE); });
    return state.sending;
  };

  // When ---------------------------------------------------------------------------------------
  document.addEventListener("input", (event) => changed(event.target.closest?.("form")));
  document.addEventListener("change", (event) => changed(event.target.closest?.("form")));
  document.querySelectorAll("form:has([data-typed])").forEach(changed); // came back with its words
  const again = () => known.forEach((state, form) => { if (state.dirty && state.retry) keep(form); });
  window.addEventListener("online", again);
  document.addEventListener("desk:signed-in", again);
  window.addEventListener("pagehide", () => known.forEach((state, form) => { if (state.dirty) keep(form, true); }));
  window.addEventListener("beforeunload", (event) => {
    if ([...known.values()].some((state) => state.dirty && state.retry)) event.preventDefault();
  });

  // Nothing else is sent or swapped before the words of the other forms are kept, and a form does
  // not overtake its own draft
  const waiting = (sent) => [...known].filter(([form, state]) => (form === sent ? state.sending : state.sending || (state.dirty && !state.stuck)));
  const settle = (forms, sent) => Promise.all(forms.map(([form, state]) => (form === sent ? state.sending : keep(form)))).then((went) => went.every((each, n) => each || forms[n][0] === sent));
  const NOT_YET = "Not saved yet: another form on this page holds words that could not be kept. They are still here.";
  const tell = () => document.dispatchEvent(new CustomEvent("desk:say", { detail: NOT_YET }));

  document.addEventListener("htmx:confirm", (event) => {
    const sent = event.detail.elt.closest("form");
    if (sent?.dataset.drops) drop(sent.dataset.drops);
    if (sent) clearTimeout(known.get(sent)?.timer);
    const forms = waiting(sent);
    if (!forms.length) return;
    event.preventDefault();
    settle(forms, sent).then((went) => (went ? event.detail.issueRequest(true) : tell()));
  });
  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (sent.matches("[hx-post]") || event.defaultPrevented) return;
    if (sent.dataset.drops) drop(sent.dataset.drops);
    const forms = waiting(sent);
    if (!forms.length) { forget(sent); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    settle(forms, sent).then((went) => { if (went) { forget(sent); sent.requestSubmit(event.submitter); } else tell(); });
  }, true);

  // After an answer: a sent form is done with, one that came back with its words is kept on
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (!form || !known.has(form)) return;
    if (event.detail.successful) forget(form);
    else changed(form);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const form of known.keys()) if (!form.isConnected) forget(form);
    const { status } = event.detail.xhr;
    if (status !== 409 && status !== 422) return;
    const action = event.detail.elt.getAttribute("action");
    document.querySelectorAll("form").forEach((form) => { if (action && form.getAttribute("action") === action) changed(form); });
  });
})();
