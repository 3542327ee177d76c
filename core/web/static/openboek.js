// Small help for who has scripts on. Every page works without it.
"use strict";

// A form that came back with errors: bring the reader to the summary.
document.getElementById("foutmelding")?.focus();

// The summary names radio and checkbox groups by their first option; text fields get the cursor.
document.querySelectorAll(".ob-summary a").forEach((link) => {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    if (field) {
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    }
  });
});

// Ask before leaving a form with text that is not saved. A form that came back with errors counts as not saved.
document.querySelectorAll("form[data-guard]").forEach((form) => {
  let isSaved = document.getElementById("foutmelding") === null;
  form.addEventListener("input", () => { isSaved = false; });
  form.addEventListener("submit", () => { isSaved = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!isSaved) event.preventDefault();
  });
});

// A part of a page that tells how far something is: look again every few seconds, and once whole when it is over.
const follow = (part) => {
  const seconds = Number(part.dataset.refresh);
  if (!seconds) return;
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { "Openboek-Refresh": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newer = page.getElementById(part.id);
      if (!answer.ok || answer.redirected || !newer?.dataset.refresh) {
        location.replace(location.pathname);
        return;
      }
      if (newer.innerHTML !== part.innerHTML) part.replaceChildren(...newer.childNodes);
    } catch {
      // The server is away for a moment: the next time may succeed.
    }
    follow(part);
  }, seconds * 1000);
};
document.querySelectorAll("[data-refresh]").forEach(follow);
