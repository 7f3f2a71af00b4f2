// Panel — 侧栏: a form opens at the right while the proceeding stays readable. The same address gives the same page without this.
import { startDrafts } from "./drafts.js";

async function show(address, push) {
  const answer = await fetch(address, { headers: { "X-Panel": "1" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("panel");
  const panel = document.getElementById("panel");
  if (!fresh || !panel || answer.redirected) { location.assign(address); return; }
  panel.replaceChildren(...fresh.childNodes);
  document.body.className = page.body.className;
  document.title = page.title;
  if (push) history.pushState({ panel: address }, "", address);
  startDrafts();
  panel.scrollTop = 0;
  (panel.querySelector("input:not([type=hidden]), select, textarea") ?? panel.querySelector("a"))?.focus({ preventScroll: true });
}

export function startPanel() {
  if (!document.querySelector(".beside #panel")) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel], a[data-close]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href, true).catch(() => location.assign(link.href));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("#panel a[data-close]")?.click();
  });
  addEventListener("popstate", () => { if (document.getElementById("panel")) show(location.href, false).catch(() => location.reload()); });
}
