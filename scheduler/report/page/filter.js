"use strict";
(() => {
  const form = document.getElementById("filter");
  const channel = document.getElementById("by-channel");
  const agreement = document.getElementById("by-agreement");
  const fits = (said, wanted) => !wanted || !said || said.split(" ").includes(wanted);
  const apply = () => {
    for (const part of document.querySelectorAll("[data-c],[data-a]")) {
      const keep = fits(part.dataset.c, channel.value) && fits(part.dataset.a, agreement.value);
      if (part.tagName === "TD") continue;
      part.hidden = !keep;
    }
    for (const cell of document.querySelectorAll("td.airing,td.anchor,td.fallback")) {
      const served = (cell.dataset.a || "").split(" ");
      cell.classList.toggle("dim", Boolean(agreement.value) && !served.includes(agreement.value));
    }
  };
  form.hidden = false;
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });
})();
