// Arrow keys in the grid of answers, and a block from a spreadsheet pasted into a cell. Both also work without this script:
// with Tab, and in the box below the grid.
"use strict";

const form = document.getElementById("raster")?.closest("form");
const isCell = (field) => field.matches?.("#raster input[type=text]");

const beside = (field, key) => {
  const place = field.closest("td");
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const cells = [...place.parentElement.querySelectorAll("input[type=text]")];
    return cells[cells.indexOf(field) + (key === "ArrowLeft" ? -1 : 1)];
  }
  let row = place.parentElement;
  do {
    row = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  } while (row && !row.cells[place.cellIndex].querySelector("input"));
  return row?.cells[place.cellIndex].querySelector("input");
};

// Left and right stay with the text until its end is reached.
const isInText = (field, key) => {
  if (field.selectionStart !== field.selectionEnd) return field.selectionEnd - field.selectionStart < field.value.length;
  return key === "ArrowLeft" ? field.selectionStart > 0 : field.selectionEnd < field.value.length;
};

form?.addEventListener("keydown", (event) => {
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const field = event.target;
  if (!isCell(field) || !(sideways || event.key === "ArrowUp" || event.key === "ArrowDown")) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || (sideways && isInText(field, event.key))) return;
  const next = beside(field, event.key);
  event.preventDefault();
  next?.focus();
  next?.select();
});

form?.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!isCell(event.target) || !/[\t\n]./.test(text)) return;
  event.preventDefault();
  const [, row, code] = event.target.name.split("-");
  form.elements.block.value = text;
  form.elements.first_row.value = row;
  form.elements.first_code.value = code;
  form.requestSubmit(form.elements.paste);
});
