// Names that are tapped: how many are chosen, and all at once without asking the server.

for (const area of document.querySelectorAll("[data-tapped]")) {
  const all = area.querySelector("[data-tap-all]")
  const boxes = [...area.querySelectorAll("input[type=checkbox]")].filter((box) => box !== all)
  const line = area.querySelector("[data-tapped-count]")
  const count = () => {
    line.textContent = area.dataset.one.replace("%", boxes.filter((box) => box.checked).length)
  }
  area.addEventListener("change", ({ target }) => {
    if (target === all) for (const box of boxes) box.checked = all.checked
    else if (all && !target.checked) all.checked = false // else the one who was let go would be present again
    count()
  })
  count()
}
