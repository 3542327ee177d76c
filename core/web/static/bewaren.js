// Keeps what somebody types in a form with data-draft, a few seconds after a change and when the page is left.
// Without this script nothing typed is lost either: a form that is refused or comes too late is kept by the server.
"use strict";

const WAIT = 3000; // after the last change
const RETRY = 10000; // after a lost connection
const MOST_AT_LEAVING = 60000; // a browser sends no more than 64 kB for a page that goes away
const LOST = "Geen verbinding. Laat deze pagina open; uw tekst wordt bewaard zodra het weer kan.";

// Whether this field holds something else than the server sent: somebody was quicker than this script.
const differs = (field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) {
    const sent = [...field.options].map((option) => option.defaultSelected);
    if (!field.multiple && !sent.includes(true)) return field.selectedIndex > 0; // the first is shown when none is chosen
    return [...field.options].some((option, index) => option.selected !== sent[index]);
  }
  return field.type !== "file" && "defaultValue" in field && field.value !== field.defaultValue;
};

document.querySelectorAll("form[data-draft]").forEach((form) => {
  const person = document.querySelector("meta[name=openboek-persoon]").content;
  const status = document.createElement("p");
  status.className = "ob-draft-status";
  status.setAttribute("aria-live", "polite");
  form.append(status);

  let changes = 0; // how often something changed, and up to where that is kept
  let kept = 0;
  let timer = 0;
  let busy = null;
  let isSent = false;
  let isLost = false; // the connection: then ask before leaving, because nothing can be sent

  const say = (text) => { if (status.textContent !== text) status.textContent = text; };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(keep, wait); };

  const body = () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
    return fields.toString();
  };

  const address = () => {
    const target = new URL(form.getAttribute("action") || "", location.href);
    const asked = { formulier: target.pathname, wie: person, titel: document.querySelector("h1")?.textContent.trim() ?? "" };
    const organisation = target.searchParams.get("organisatie");
    if (organisation) asked.organisatie = organisation;
    return `/niet-opgeslagen/bewaren?${new URLSearchParams(asked)}`;
  };

  const send = (text, options) => fetch(address(), {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" },
    body: text,
    redirect: "error",
    ...options,
  });

  const keep = async () => {
    if (isSent || busy || kept === changes) return;
    const upTo = changes;
    busy = new AbortController();
    try {
      const answer = await send(body(), { signal: busy.signal });
      const said = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
      isLost = false;
      if (answer.ok) {
        kept = upTo;
        say(said.tekst);
      } else {
        if (said.bewaard) kept = upTo;
        say(said.tekst ?? "Uw tekst kan nu niet worden bewaard. Laat deze pagina open.");
        if (answer.status >= 500) later(RETRY);
      }
    } catch {
      if (!isSent) {
        isLost = true;
        say(LOST);
        later(RETRY);
      }
    } finally {
      busy = null;
    }
    if (kept !== changes && !isSent && kept === upTo) later(WAIT);
  };

  // The page goes away, perhaps for good: send what is left, without waiting for an answer.
  const leave = () => {
    if (isSent || kept === changes) return;
    const text = body();
    if (text.length > MOST_AT_LEAVING) return;
    const upTo = changes;
    send(text, { keepalive: true }).then((answer) => { if (answer.ok) kept = upTo; }).catch(() => {});
  };

  const changed = () => {
    changes += 1;
    later(WAIT);
  };
  if ([...form.elements].some(differs)) changed();
  form.addEventListener("input", changed);
  form.addEventListener("submit", () => {
    isSent = true; // a text that arrives after the form itself would be a draft of what is saved
    clearTimeout(timer);
    busy?.abort();
  });
  window.addEventListener("online", () => { if (kept !== changes) later(0); });
  window.addEventListener("pagehide", leave);
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && kept !== changes && (isLost || body().length > MOST_AT_LEAVING)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) isSent = false; });
});
