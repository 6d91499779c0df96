/* The grid of targets: arrows and Enter move, a block from Excel is pasted, the parts are added up as one types. The server reads and checks everything anew. */
"use strict";

(() => {
  const form = document.querySelector("form[data-targets]");
  if (!form) return;
  const cells = new Map(Array.from(form.querySelectorAll("input[data-at]"), (cell) => [cell.dataset.at, cell]));
  const at = (cell, down, across) => {
    const [row, column] = cell.dataset.at.split(",").map(Number);
    return cells.get(`${row + down},${column + across}`);
  };
  const number = (text) => {
    const plain = text.normalize("NFKC").replace(/[,\s]/g, "");
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  };
  const shown = (sum) => String(Math.round(sum * 1e6) / 1e6);

  const touched = (cell) => cell.value !== cell.defaultValue || cell.hasAttribute("data-kept");

  function total(column) {
    const place = form.querySelector(`[data-total="${column}"]`);
    const parts = [];
    for (const [where, cell] of cells) if (cell.hasAttribute("data-part") && where.endsWith(`,${column}`)) parts.push(number(cell.value));
    const known = parts.filter((part) => part !== null);
    const sum = known.reduce((a, b) => a + b, 0);
    const whole = number(cells.get(`0,${column}`).value);
    const gap = whole === null ? 0 : Math.round((sum - whole) * 1e6) / 1e6;
    place.textContent = known.length ? shown(sum) + (gap ? ` (${gap > 0 ? "+" : "−"}${shown(Math.abs(gap))})` : "") : "—";
    place.classList.toggle("is-off", known.length > 0 && gap !== 0);
  }

  function changed(cell) {
    cell.classList.toggle("is-changed", touched(cell));
    total(cell.dataset.at.split(",")[1]);
  }

  form.addEventListener("input", (event) => { if (event.target.dataset.at) changed(event.target); });
  form.addEventListener("focusin", (event) => { if (event.target.dataset.at) event.target.select(); });
  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.dataset?.at) return;
    const edge = (end) => cell.selectionStart === cell.selectionEnd && cell.selectionStart === (end ? cell.value.length : 0);
    const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    let next;
    if (event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey)) next = at(cell, 1, 0) ?? cell;
    else if (event.key === "ArrowUp" || event.key === "Enter") next = at(cell, -1, 0) ?? cell;
    else if (event.key === "ArrowLeft" && (whole || edge(false))) next = at(cell, 0, -1);
    else if (event.key === "ArrowRight" && (whole || edge(true))) next = at(cell, 0, 1);
    if (next) { event.preventDefault(); next.focus(); }
  });
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!event.target.dataset?.at || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    text.split("\n").forEach((line, down) => line.split("\t").forEach((word, across) => {
      const cell = at(event.target, down, across);
      if (cell) { cell.value = word.trim(); changed(cell); }
    }));
  });
  form.addEventListener("submit", () => { for (const cell of cells.values()) cell.disabled = !touched(cell); });
  window.addEventListener("beforeunload", (event) => { if (!form.dataset.sent && Array.from(cells.values()).some(touched)) event.preventDefault(); });
  window.addEventListener("pageshow", () => { for (const cell of cells.values()) { cell.disabled = false; changed(cell); } });
})();
