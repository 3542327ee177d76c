// Changes a part of a form in place where a whole page would do as well. Every button here also works without this script:
// then the page comes back whole.
"use strict";

const WAIT_FOR_TYPING = 300; // milliseconds

const form = document.getElementById("formulier");

// The page of the form as it is typed now, after one of its buttons; null when the server has something else to say.
const pageAfter = async (action) => {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  fields.append("action", action);
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields, redirect: "error" });
  const type = answer.headers.get("Content-Type") ?? "";
  if (!answer.ok || !type.startsWith("text/html")) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

const later = (work) => {
  let timer = 0;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), WAIT_FOR_TYPING); };
};

// A button that changes rows: put the new fields in the place of the old ones and go on in the list it belongs to.
const change = async (button) => {
  const [verb, ...rest] = button.value.split(":");
  const name = rest.join(":");
  const page = await pageAfter(button.value);
  const fresh = page?.getElementById("formulier");
  if (!fresh) return false;
  const status = form.querySelector(".ob-draft-status"); // belongs to the other script
  const unfolded = [...form.querySelectorAll("details[id][open]")].map((one) => one.id);
  form.replaceChildren(...fresh.childNodes);
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  if (status) form.append(status);
  prepare(form);
  form.dispatchEvent(new Event("input", { bubbles: true })); // there is something to keep
  if (verb === "choose") {
    document.getElementById(`veld-${name.split(":")[0]}-duration`)?.focus();
  } else {
    const list = document.getElementById(`lijst-${verb === "add" ? name : name.replace(/-[0-9]+$/, "")}`);
    const rows = list ? [...list.children].filter((child) => child.matches("fieldset, details")) : [];
    const target = verb === "add" ? rows.at(-1)?.querySelector("input:not([type=hidden]), select, textarea") : list?.querySelector(":scope > button");
    target?.focus();
  }
  return true;
};

const followTyping = later(async () => {
  const here = document.getElementById("gevolg");
  const fresh = (await pageAfter("look").catch(() => null))?.getElementById("gevolg");
  if (here && fresh && here.innerHTML !== fresh.innerHTML) here.replaceChildren(...fresh.childNodes);
});

const look = later(async (box, text) => {
  const found = box.querySelector("[data-found]");
  if (!text.trim()) { found.replaceChildren(); return; }
  try {
    const answer = await fetch(box.dataset.lookup + encodeURIComponent(text));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    found.replaceChildren(...(page.getElementById("gevonden")?.childNodes ?? []));
  } catch {
    found.textContent = "Zoeken lukt nu niet. Gebruik de link naar de selectielijst.";
  }
});

const prepare = (part) => part.querySelectorAll("[data-lookup]").forEach((box) => {
  box.hidden = false;
  const field = box.querySelector("input");
  field.addEventListener("input", (event) => { event.stopPropagation(); look(box, field.value); });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
});

if (form) {
  prepare(form);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-part]");
    if (!button) return;
    event.preventDefault();
    const whole = () => { button.removeAttribute("data-part"); button.click(); }; // as without this script
    change(button).then((isDone) => { if (!isDone) whole(); }, whole);
  });
  if ("follows" in form.dataset) form.addEventListener("change", followTyping);
}
