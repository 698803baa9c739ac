"use strict";
(() => {
  const lang = document.documentElement.lang;
  const names = new Intl.Collator(lang, { numeric: true });
  const number = (text) => {
    let plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(/^[<≥>≤+]/, "").replace("\u2212", "-");
    plain = lang === "ru" ? plain.replace(",", ".") : plain.replace(/,/g, "");
    return /^-?\d/.test(plain) ? parseFloat(plain) : NaN;
  };
  const sort = (table, column, heading) => {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    const rows = Array.from(table.tBodies[0].rows, (row) => {
      const text = row.cells[column].textContent;
      return { row, text, value: number(text) };
    });
    rows.sort((a, b) => {
      const blank = Number(a.text === "–" || a.text === "") - Number(b.text === "–" || b.text === "");
      if (blank) return blank;
      const bothNumbers = !isNaN(a.value) && !isNaN(b.value);
      const order = bothNumbers ? a.value - b.value : names.compare(a.text, b.text);
      return descending ? -order : order;
    });
    table.tBodies[0].append(...rows.map(({ row }) => row));
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  };
  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
    Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
      if (!heading.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      button.addEventListener("click", () => sort(table, column, heading));
      heading.replaceChildren(button);
    });
  }
  const details = Array.from(document.querySelectorAll(".more"));
  const all = document.getElementById("open-all");
  all.hidden = details.length === 0;
  all.addEventListener("click", () => {
    const open = details.some((item) => !item.open);
    for (const item of details) item.open = open;
    all.textContent = open ? all.dataset.close : all.dataset.open;
  });
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = details.filter((item) => !item.open);
    for (const item of closed) item.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const item of closed) item.open = false;
  });
})();
