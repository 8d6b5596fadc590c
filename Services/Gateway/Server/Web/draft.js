// Keeps an unsent reply in this tab until it is sent, whatever happens to the page.
export function keepDraft() {
  const area = document.querySelector("textarea[data-draft]");
  if (!area) return;
  const name = area.dataset.draft;
  const kept = sessionStorage.getItem(name);
  const sent = new URLSearchParams(location.search).get("sent");
  if (sent) {
    sessionStorage.removeItem(name);
    history.replaceState(null, "", location.pathname);
  } else if (kept && area.value.trim() === "") {
    area.value = kept;
  }
  area.addEventListener("input", () => {
    if (area.value === "") sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, area.value);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      area.form.requestSubmit(document.querySelector(".send button"));
    }
  });
}
