// The search box of Django's own picker says nothing to a screen reader: name it by its field.
addEventListener("load", () => {
  for (const box of document.querySelectorAll(".select2-search__field")) {
    const field = box.closest(".form-row")?.querySelector("label")
    box.setAttribute("aria-label", `Cari ${field?.textContent.replace(":", "").trim().toLowerCase() ?? ""}`)
  }
})
