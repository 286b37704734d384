// The search box of Django's own picker says nothing to a screen reader: name it by its field, whenever it appears.
function nameBoxes() {
  for (const box of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    const field = box.closest(".form-row")?.querySelector("label")
    box.setAttribute("aria-label", `Cari ${field?.textContent.replace(":", "").trim().toLowerCase() ?? ""}`)
  }
}

addEventListener("DOMContentLoaded", () => {
  nameBoxes()
  new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true })
})
