"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("filter"), filters = byId("filters"), found = byId("found");
  const channel = byId("by-channel"), day = byId("by-day"), agreement = byId("by-agreement"), words = byId("by-words");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const fits = (said, wanted) => !wanted || !said || said.split(" ").includes(wanted);
  const filterCells = (table, query) => {
    let hits = 0;
    for (const cell of all("[data-d]", table)) {
      cell.hidden = Boolean(day.value) && cell.dataset.d !== day.value;
      if (cell.tagName !== "TD" || !cell.className) continue;
      const served = fits(cell.dataset.a || "-", agreement.value);
      const named = !query || cell.textContent.toLowerCase().includes(query);
      cell.classList.toggle("dim", !served || !named);
      hits += query && named && !cell.hidden && !cell.classList.contains("fallback") ? 1 : 0;
    }
    table.classList.toggle("one-day", Boolean(day.value));
    return hits;
  };
  const apply = () => {
    const query = words.value.trim().toLowerCase();
    let hits = 0;
    for (const part of all("[data-c],[data-a]")) {
      if (part.tagName !== "TD") part.hidden = !(fits(part.dataset.c, channel.value) && fits(part.dataset.a, agreement.value));
    }
    for (const week of all(".week")) {
      const mine = filterCells(week.querySelector("table"), query);
      week.hidden ||= !fits(week.dataset.days, day.value) || (Boolean(query) && !mine);
      hits += week.hidden ? 0 : mine;
    }
    for (const row of all("#not-placed tbody tr")) {
      if (query && !row.textContent.toLowerCase().includes(query)) row.hidden = true;
      else if (!row.dataset.c && !row.dataset.a) row.hidden = false;
    }
    found.textContent = query ? String(hits) : "";
  };
  const wide = matchMedia("(min-width: 900px)");
  const open = () => { filters.open = wide.matches; };
  filters.hidden = false;
  open();
  wide.addEventListener("change", open);
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => {
    for (const part of all("main details")) part.open = true;
  });
})();
