// Drafts — 草稿: what is typed into a form is kept at the server while it is being typed; files are not.
const PAUSE = 1500;

function save(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  return fetch(form.dataset.draft, { method: "POST", body, keepalive: true });
}

export function startDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (form.dataset.watched) continue;
    form.dataset.watched = "1";
    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => save(form).then(async (answer) => {
        const said = form.querySelector(".saved");
        if (said && answer.ok) said.textContent = await answer.text();
      }).catch(() => {}), PAUSE);
    });
    form.addEventListener("submit", () => clearTimeout(waiting));
  }
}
