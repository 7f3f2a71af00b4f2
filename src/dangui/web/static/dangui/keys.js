// Keys — 键盘: j k rows, Enter opens, / searches, n goes to what is next, g and a letter goes to a page, ? tells all this.
const rows = () => [...document.querySelectorAll("[data-rows] tbody tr, [data-row]")];

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("at"));
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  if (now >= 0) all[now].classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector(".row-link")?.focus({ preventScroll: true });
}

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

function shut() {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  for (const limit of document.querySelectorAll(".limit")) {
    limit.classList.remove("open");
    limit.classList.add("shut");
    limit.addEventListener("pointerleave", () => limit.classList.remove("shut"), { once: true });
    limit.addEventListener("focusin", () => limit.classList.remove("shut"), { once: true });
  }
}

const plain = {
  j: () => move(1),
  k: () => move(-1),
  n: () => document.querySelector("#filter-actions, #panel .actions a")?.focus(),
  "/": () => document.querySelector("[data-key='/']")?.select(),
  "?": () => document.getElementById("keys")?.showModal(),
};

export function startKeys() {
  let going = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return shut();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (going) {
      going = false;
      document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
      return;
    }
    going = event.key === "g";
    if (event.key in plain) {
      event.preventDefault();
      plain[event.key]();
    }
  });
}
