/* What the pages do by themselves: keys, the filter, drawers, drafts that save themselves. Nothing is needed from elsewhere. */
"use strict";

const all = (what, within = document) => Array.from(within.querySelectorAll(what));
const cookie = (name) => document.cookie.split("; ").find((c) => c.startsWith(name + "="))?.slice(name.length + 1) ?? "";
const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

/* ── clicks ──────────────────────────────────────────────────────────────────────────────────── */

document.addEventListener("click", (event) => {
  const toggler = event.target.closest("[data-toggle]");
  if (toggler) {
    const open = document.querySelector(toggler.dataset.toggle).classList.toggle("is-open");
    toggler.setAttribute("aria-expanded", String(open));
    return;
  }
  const side = document.querySelector("#side.is-open");
  if (side && !side.contains(event.target)) side.classList.remove("is-open");
  const opener = event.target.closest("[data-dialog]");
  if (opener) { event.preventDefault(); document.querySelector(opener.dataset.dialog).showModal(); return; }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.closest("[data-back]")) history.back();
  if (event.target.closest("[data-print]")) window.print();
  const copier = event.target.closest("[data-copy]");
  if (copier) navigator.clipboard?.writeText(copier.dataset.copy);
});

/* ── the filter: empty words stay out of the address; a choice applies at once ────────────────── */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-filter], [data-lean]")) all("input, select", form).forEach((e) => { if (!e.value) e.disabled = true; });
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
  const token = cookie("csrftoken");
  const kept = form.querySelector("input[name=csrfmiddlewaretoken]");
  if (token && kept && form.dataset.renewed) kept.value = token; // signed in again in another window meanwhile
  if (!event.defaultPrevented && form.method === "post") {
    form.dataset.sent = "1";
    all("button[data-once]", form).forEach((b) => setTimeout(() => { b.disabled = true; }, 0));
  }
});
window.addEventListener("pageshow", () => {
  all("[data-filter] :disabled, [data-lean] :disabled").forEach((e) => { e.disabled = false; });
  all("button[data-once]").forEach((b) => { b.disabled = false; });
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-filter] select, [data-lean] select, [data-filter] [name=period]")) event.target.form.requestSubmit();
  if (event.target.matches("select[data-follow]") && event.target.value) location.href = event.target.value;
});

document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = cookie("csrftoken"); });

/* ── drafts: a form is kept on the server while it is written, and survives a time-out ────────── */

for (const form of all("form[data-draft]")) {
  const state = form.querySelector("[data-state]");
  let waiting = 0;
  let clean = new FormData(form);
  const show = (word, bad) => { if (state) { state.textContent = form.dataset[word]; state.classList.toggle("tag-bad", Boolean(bad)); } };
  const keep = async () => {
    waiting = 0;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.delete("csrfmiddlewaretoken");
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: data, headers: { "X-CSRFToken": cookie("csrftoken"), "X-Requested-With": "fetch" } });
      if (answer.ok) { form.dataset.renewed = "1"; clean = data; show("kept"); }
      else if (answer.status === 401 || answer.status === 403) { form.dataset.renewed = "1"; show("expired", true); form.querySelector("[data-again]")?.removeAttribute("hidden"); }
      else show("failed", true);
    } catch { show("failed", true); }
  };
  form.addEventListener("input", () => {
    show("writing");
    clearTimeout(waiting);
    waiting = setTimeout(keep, 900);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  window.addEventListener("beforeunload", (event) => { if (waiting && !form.dataset.sent && clean) event.preventDefault(); });
}

/* ── files dropped on a page ─────────────────────────────────────────────────────────────────── */

document.addEventListener("change", (event) => {
  if (!event.target.matches(".file input[type=file]")) return;
  const names = event.target.closest(".file").querySelector("[data-names]");
  names.textContent = Array.from(event.target.files).map((f) => f.name).join("、");
});
for (const drop of all(".drop")) {
  const input = drop.querySelector("input[type=file]");
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.add("is-over"); });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (e) => {
    e.preventDefault();
    if (!input || !e.dataTransfer.files.length) return;
    input.files = e.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/* ── keys ────────────────────────────────────────────────────────────────────────────────────── */

let went = 0;
const rows = () => all("[data-row]").filter((r) => r.offsetParent !== null);
function move(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.findIndex((r) => r.classList.contains("is-at"));
  list[at]?.classList.remove("is-at");
  const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step))];
  next.classList.add("is-at");
  next.scrollIntoView({ block: "nearest" });
}
const follow = (what) => { const link = document.querySelector(what); if (link) link.click(); return Boolean(link); };

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    const form = document.querySelector("form[data-save]");
    if (form) { event.preventDefault(); form.requestSubmit(form.querySelector("[data-primary]") ?? undefined); }
    return;
  }
  if (event.key === "Escape") document.querySelector("#side.is-open")?.classList.remove("is-open");
  if (event.key === "Escape" && typing(document.activeElement)) { document.activeElement.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key;
  if (went && Date.now() - went < 1200) {
    went = 0;
    const to = { o: "overview", l: "ledger", f: "figures", i: "intake", r: "reports", c: "check" }[key];
    if (to && follow(`a[data-go="${to}"]`)) { event.preventDefault(); return; }
  }
  if (key === "g") went = Date.now();
  else if (key === "/") { const box = document.querySelector('main [data-key="/"], [data-key="/"]'); if (box) { event.preventDefault(); document.querySelector("#filter")?.classList.add("is-open"); box.focus(); box.select(); } }
  else if (key === "?") document.querySelector("#keys")?.showModal();
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "Enter") document.querySelector("[data-row].is-at a[href]")?.click();
  else if (key === "e") follow("[data-row].is-at a[data-edit-link]") || follow("main a[data-edit-link]:not([data-row] *)");
  else if (key === "n") follow('a[data-go="new"]');
});
