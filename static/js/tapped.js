// Names that are tapped: how many are chosen, and all at once without asking the server.

for (const area of document.querySelectorAll("[data-tapped]")) {
  const boxes = [...area.querySelectorAll("input[type=checkbox]")]
  const line = area.querySelector("[data-tapped-count]")
  const count = () => {
    line.textContent = area.dataset.one.replace("%", boxes.filter((box) => box.checked).length)
  }
  area.addEventListener("change", count)
  area.querySelector("[data-tap-all]")?.addEventListener("click", (event) => {
    event.preventDefault()
    for (const box of boxes) box.checked = true
    count()
  })
  count()
}
