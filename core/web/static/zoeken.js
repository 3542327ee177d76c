// Search in the list on a public page. Every word must occur; case and accents do not matter.
"use strict";
const box = document.getElementById("zoeken");
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

if (box) {
  const field = document.getElementById("zoek");
  const outcome = document.getElementById("zoek-uitkomst");
  const items = [...document.querySelectorAll("[data-woorden]")].map((item) => [item, fold(`${item.textContent} ${item.dataset.woorden}`)]);
  const groups = [...document.querySelectorAll(".ob-group")];

  const search = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const [item, text] of items) {
      item.hidden = !words.every((word) => text.includes(word));
      found += item.hidden ? 0 : 1;
    }
    for (const group of groups) group.hidden = group.querySelector("[data-woorden]:not([hidden])") === null;
    outcome.textContent = words.length ? `${found} van ${items.length} ${box.dataset.wat} gevonden.` : "";
  };

  box.hidden = false;
  field.value = new URLSearchParams(location.search).get("zoek") ?? "";
  field.addEventListener("input", search);
  field.form.addEventListener("submit", (event) => event.preventDefault());
  if (field.value) search();
}
