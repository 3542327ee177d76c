// Search in the register on its public list, with the index of publish/search.py. Without this script, or without the
// index, the lists on the page do. `fold`, `words` and `stem` do what their namesakes there do.
"use strict";
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const words = (text) => fold(text).match(/[a-z0-9]+/g) ?? [];
const stem = (word) => {
  word = word.replace(/([a-z])\1+/g, "$1");
  for (let before = ""; word !== before;) {
    before = word;
    const ending = ["en", "s", "e"].find((one) => word.endsWith(one) && word.length - one.length >= 3);
    if (ending) word = word.slice(0, -ending.length);
    if (word.length > 3) word = word.replace(/z$/, "s").replace(/v$/, "f");
  }
  return word;
};

const box = globalThis.document?.getElementById("zoeken");
if (box) {
  const SHOWN = 20;
  const field = document.getElementById("zoek");
  const outcome = document.getElementById("zoek-uitkomst");
  const list = document.getElementById("zoek-lijst");
  const more = document.getElementById("zoek-meer");
  const all = document.getElementById("alles");
  const files = new Map();
  const read = (name) => {
    if (!files.has(name)) {
      files.set(name, fetch(box.dataset.index + name, { cache: "no-cache" }).then((answer) => { // never of two exports at once
        if (!answer.ok) throw new Error(name);
        return answer.json();
      }));
      files.get(name).catch(() => files.delete(name));
    }
    return files.get(name);
  };

  // Place -> weight of the things that have a word that begins with one of these.
  const having = async (index, starts) => {
    const found = new Map();
    for (const start of starts) {
      for (let number = 0; number < index.shards.length; number += 1) {
        const next = index.shards[number + 1];
        if ((next !== undefined && next <= start) || index.shards[number] > `${start}~`) continue;
        for (const [word, listed] of Object.entries(await read(`woorden-${number}.json`))) {
          if (!word.startsWith(start)) continue;
          let sum = 0;
          for (const step of listed) {
            sum += step;
            const weight = (sum & 3) * 2 + (word === start ? 1 : 0);
            if (weight > (found.get(sum >> 2) ?? 0)) found.set(sum >> 2, weight);
          }
        }
      }
    }
    return found;
  };

  const search = async (typed) => {
    const index = await read("index.json");
    const wanted = words(typed).filter((word) => !index.empty.includes(word));
    const sums = new Map();
    for (const word of wanted) {
      for (const [place, weight] of await having(index, new Set([stem(word), word.replace(/([a-z])\1+/g, "$1")]))) {
        const [count, sum] = sums.get(place) ?? [0, 0];
        sums.set(place, [count + 1, sum + weight]);
      }
    }
    const best = Math.max(0, ...[...sums.values()].map(([count]) => count));
    const places = [...sums].filter(([, [count]]) => count === best).sort((a, b) => b[1][1] - a[1][1] || a[0] - b[0]);
    return { places: places.map(([place]) => place), whole: best === wanted.length, wanted: wanted.length, index };
  };

  let places = [];
  const show = async (index, from) => {
    const wanted = places.slice(from, from + SHOWN);
    const lines = await Promise.all(wanted.map(async (place) => {
      const [address, name, note] = (await read(`lijst-${Math.floor(place / index.block)}.json`))[place % index.block];
      const line = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: address, textContent: name });
      const about = Object.assign(document.createElement("p"), { className: "ob-small", textContent: note });
      line.append(link, about);
      return line;
    }));
    if (from === 0) list.replaceChildren(...lines); else list.append(...lines);
    more.hidden = from + SHOWN >= places.length;
    more.firstElementChild.onclick = async () => {
      await show(index, from + SHOWN);
      list.children[from + SHOWN].querySelector("a").focus();
    };
  };

  let turn = 0;
  const run = async () => {
    const mine = turn += 1;
    const typed = field.value.trim();
    history.replaceState(null, "", typed ? `?zoek=${encodeURIComponent(typed)}` : location.pathname);
    try {
      const found = typed ? await search(typed) : { places: [], wanted: 0 };
      if (mine !== turn) return; // more was typed meanwhile
      places = found.places;
      all.hidden = found.wanted > 0;
      if (found.wanted) await show(found.index, 0); else list.replaceChildren();
      if (!found.wanted) more.hidden = true;
      const count = places.length === 1 ? "1 verwerking" : `${places.length.toLocaleString("nl-NL")} verwerkingen`;
      outcome.textContent = !found.wanted ? "" : places.length === 0 ? "Niets gevonden. Probeer een ander woord."
        : found.whole ? `${count} gevonden.` : `Geen verwerking met al deze woorden. Dit lijkt er het meest op: ${count}.`;
    } catch {
      all.hidden = false;
      outcome.textContent = "Zoeken lukt nu niet. Gebruik de lijsten hieronder.";
    }
  };

  let waiting;
  box.hidden = false;
  field.value = new URLSearchParams(location.search).get("zoek") ?? "";
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(run, 150); });
  field.form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); run(); });
  if (field.value) run();
}
