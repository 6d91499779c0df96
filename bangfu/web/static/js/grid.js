/* The preview's grid: a cell is corrected in place, a column gets another meaning, a row is left out, a block is pasted. The server understands the file anew each time. */
"use strict";

(() => {
  const preview = () => document.querySelector("#preview");
  let back = "";
  let earlier = Promise.resolve(); // one answer after another: none is lost while the one before is still under way

  function send(values) {
    earlier = earlier.then(() => answer(values), () => answer(values));
  }

  function answer(values) {
    const here = preview();
    const scroll = document.querySelector(".sheet");
    const at = scroll ? [scroll.scrollTop, scroll.scrollLeft] : [0, 0];
    const whole = { sheet: here.dataset.sheet, name: here.dataset.name, from: here.dataset.from, only: here.dataset.only, part: 0, ...values };
    here.setAttribute("aria-busy", "true");
    return htmx.ajax("POST", here.dataset.url, { target: "#preview", swap: "outerHTML", values: whole }).then(() => {
      const fresh = document.querySelector(".sheet");
      if (fresh) [fresh.scrollTop, fresh.scrollLeft] = at;
      if (back && !document.querySelector("#preview td input")) document.getElementById(back)?.focus();
    });
  }

  function edit(cell, start) {
    if (cell.querySelector("input")) return;
    const word = cell.querySelector(".word")?.textContent ?? "";
    const text = word ? cell.textContent.slice(0, cell.textContent.length - word.length) : cell.textContent;
    const kept = [...cell.childNodes];
    const input = document.createElement("input");
    input.value = start ?? text;
    input.setAttribute("aria-label", cell.id);
    cell.replaceChildren(input);
    input.focus();
    if (start === undefined) input.select();
    let over = false;
    const done = (keep) => {
      if (over) return;
      over = true;
      const typed = input.value;
      cell.replaceChildren(...kept);
      cell.focus();
      if (keep && typed !== text) {
        back = cell.id;
        const [row, column] = cell.dataset.edit.split(",");
        send({ verb: "cell", row, column, part: cell.dataset.part, text: typed });
      }
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); done(true); }
      if (event.key === "Escape") done(false);
    });
    input.addEventListener("blur", () => done(true));
  }

  const neighbour = (cell, down, across) => {
    const [row, column] = cell.dataset.edit.split(",").map(Number);
    return document.getElementById(`c${row + down}-${column + across}`);
  };

  document.addEventListener("htmx:responseError", () => {
    const here = preview();
    here?.removeAttribute("aria-busy");
    const told = here?.querySelector("#failed");
    if (told) { told.hidden = false; told.scrollIntoView({ block: "nearest" }); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-leave], [data-unit], button[data-cell]");
    if (button?.dataset.leave !== undefined) { back = ""; send({ verb: "leave", row: button.dataset.leave, part: button.dataset.part }); return; }
    if (button?.dataset.unit !== undefined) { send({ verb: "unit", text: button.dataset.unit, name: button.dataset.sheetName }); return; }
    if (button?.dataset.cell) {
      const [row, column] = button.dataset.cell.split(",");
      send({ verb: "cell", row, column, part: button.dataset.part, name: button.dataset.sheetName, text: button.dataset.text });
      return;
    }
    event.target.closest("#preview td[data-edit]")?.focus();
  });
  document.addEventListener("dblclick", (event) => { const cell = event.target.closest("#preview td[data-edit]"); if (cell) edit(cell); });
  document.addEventListener("change", (event) => {
    const select = event.target.closest("#preview select[data-column]");
    const fill = event.target.closest("#preview select[data-fill]");
    if (fill && fill.value) {
      const [row, column] = fill.dataset.fill.split(",");
      send({ verb: "cell", row, column, name: fill.dataset.sheetName, text: fill.value });
    }
    if (select) { back = ""; send({ verb: "column", column: select.dataset.column, part: select.dataset.part, kind: select.dataset.kind, field: select.value }); }
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("#preview td[data-edit]");
    if (!cell || event.target !== cell) return;
    const way = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (way) { event.preventDefault(); neighbour(cell, ...way)?.focus(); return; }
    if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); event.stopPropagation(); edit(cell); return; }
    if (event.key === "Delete") { event.preventDefault(); edit(cell, ""); return; }
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); event.stopPropagation(); edit(cell, event.key); }
  }, true);
  document.addEventListener("paste", (event) => {
    const cell = document.activeElement?.closest?.("#preview td[data-edit]");
    if (!cell || document.activeElement !== cell) return;
    event.preventDefault();
    const [row, column] = cell.dataset.edit.split(",");
    back = cell.id;
    send({ verb: "cell", row, column, part: cell.dataset.part, text: event.clipboardData.getData("text/plain") });
  });
})();
