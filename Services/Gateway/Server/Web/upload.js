// Uploads chosen files at once and names them in the reply.
const { csrf, uploading, uploadFailed, remove } = document.body.dataset;

export function uploadFiles() {
  const input = document.querySelector("#files");
  if (!input) return;
  input.closest(".upload").hidden = false;
  const list = document.querySelector("#uploads");
  for (const field of list.querySelectorAll("input")) addRemoval(field.closest("li"));
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    for (const file of files) await upload(file, list);
  });
}

async function upload(file, list) {
  const item = document.createElement("li");
  item.textContent = `${file.name} – ${uploading}`;
  list.append(item);
  try {
    const answer = await fetch(`/api/v1/attachments?filename=${encodeURIComponent(file.name)}`, {
      method: "POST",
      headers: { "Content-Type": file.type || "application/octet-stream", "X-CSRF-Token": csrf },
      body: file,
    });
    const attachment = await answer.json();
    if (!answer.ok) throw new Error(attachment.detail);
    item.textContent = attachment.filename;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: attachment.id });
    field.setAttribute("form", "work");
    item.append(field);
    addRemoval(item);
  } catch (error) {
    item.textContent = `${file.name} – ${uploadFailed} ${error.message ?? ""}`;
    item.classList.add("failed");
  }
}

function addRemoval(item) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: remove });
  button.addEventListener("click", () => item.remove());
  item.append(" ", button);
}
