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
      if (cell.tagName === "TD") {
        cell.dataset.rows ||= String(cell.rowSpan);
        cell.rowSpan = day.value ? 1 : Number(cell.dataset.rows);
      }
      if (cell.tagName !== "TD" || !cell.className) continue;
      const served = fits(cell.dataset.a || "-", agreement.value);
      const named = !query || cell.textContent.toLowerCase().includes(query);
      cell.classList.toggle("dim", !served || !named);
      hits += query && named && !cell.hidden && !cell.classList.contains("fallback") ? 1 : 0;
    }
    table.classList.toggle("one-day", Boolean(day.value));
    for (const row of all("tbody tr", table)) {
      row.hidden = Boolean(day.value) && !row.querySelector("td[class]:not([hidden])");
    }
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
      week.open ||= !week.hidden && Boolean(query || channel.value);
      hits += week.hidden ? 0 : mine;
    }
    for (const row of all("#not-placed tbody tr")) {
      if (query && !row.textContent.toLowerCase().includes(query)) row.hidden = true;
      else if (!row.dataset.c && !row.dataset.a) row.hidden = false;
    }
    let absent = 0;
    for (const group of all(".of-group")) {
      const named = query ? all("tbody tr:not([hidden])", group).length : 0;
      group.hidden = Boolean(query) && !named;
      group.open ||= named > 0;
      absent += named;
    }
    for (const one of all(".days button")) one.setAttribute("aria-pressed", String(one.value === day.value));
    found.textContent = query ? `${hits}${absent ? ` · ${found.dataset.absent}: ${absent}` : ""}` : "";
  };
  const choose = (event) => {
    const button = event.currentTarget, before = button.getBoundingClientRect().top;
    day.value = day.value === button.value ? "" : button.value;
    apply();
    scrollBy(0, button.getBoundingClientRect().top - before);
  };
  const wide = matchMedia("(min-width: 900px)");
  const open = () => { filters.open = wide.matches; };
  filters.hidden = false;
  for (const days of all(".days")) days.hidden = false;
  for (const one of all(".days button")) one.addEventListener("click", choose);
  open();
  wide.addEventListener("change", open);
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => {
    for (const part of all("main details")) part.open = true;
  });
})();
