// The console works without this script; with it, times move, drafts survive, files upload and changes announce themselves.
import { keepDraft } from "./draft.js";
import { announceChanges } from "./live.js";
import { showTimes } from "./times.js";
import { uploadFiles } from "./upload.js";

document.documentElement.classList.add("scripted");
for (const select of document.querySelectorAll("select[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
showTimes();
keepDraft();
uploadFiles();
announceChanges();
