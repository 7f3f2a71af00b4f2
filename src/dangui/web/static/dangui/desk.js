// The desk — 办案: keys, the sliding panel, drafts and limit explanations. Every page works without this file.
import { startKeys } from "./keys.js";
import { startPanel } from "./panel.js";
import { startDrafts } from "./drafts.js";

startKeys();
startPanel();
startDrafts();

// A limit explains itself on hover and focus by style alone; a click keeps the explanation open, Escape shuts it.
document.addEventListener("click", (event) => {
  const bar = event.target.closest(".limit-bar");
  for (const open of document.querySelectorAll(".limit.open")) {
    if (!open.contains(event.target)) open.classList.remove("open");
  }
  if (bar) bar.closest(".limit").classList.toggle("open");
});

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}

// A second press of the same button must not send the form twice; the server also knows each form by its key.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

document.querySelector(".refusal")?.focus();

// A filter narrows a long list while one types; without this file the list is simply long.
document.addEventListener("input", (event) => {
  const wanted = event.target.dataset.filter;
  if (!wanted) return;
  const text = event.target.value.trim().toLowerCase();
  for (const item of document.querySelectorAll(wanted)) item.hidden = !item.textContent.toLowerCase().includes(text);
  for (const box of document.querySelectorAll("details.anytime")) box.open = text !== "" || box.open;
});

// Enter in the filter opens the first that is left.
document.addEventListener("keydown", (event) => {
  const wanted = event.target.dataset?.filter;
  if (!wanted || event.key !== "Enter") return;
  event.preventDefault();
  [...document.querySelectorAll(wanted)].find((item) => !item.hidden)?.querySelector("a")?.click();
});
