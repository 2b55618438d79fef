// Lets a file be dropped anywhere on its field's box; without it the field alone takes one.
//
//   <div data-drop><input type="file"> <p data-drop-status role="status"></p></div>

for (const box of document.querySelectorAll("[data-drop]")) {
  const field = box.querySelector("input[type=file]");
  const status = box.querySelector("[data-drop-status]");
  box.classList.add("tartan-drop-zone");

  const over = (is) => (event) => {
    event.preventDefault();
    box.classList.toggle("tartan-drop-zone--over", is);
  };
  box.addEventListener("dragover", over(true));
  box.addEventListener("dragleave", over(false));
  box.addEventListener("drop", (event) => {
    over(false)(event);
    const { files } = event.dataTransfer;
    if (files.length === 1) field.files = files;
    status.textContent = files.length === 1 ? `${files[0].name} is chosen.` : "Drop one file: a return is one.";
  });
  field.addEventListener("change", () => {
    status.textContent = field.files.length ? `${field.files[0].name} is chosen.` : "";
  });
}
