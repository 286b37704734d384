// Names that are tapped: how many are chosen, and all at once without asking the server.

for (const area of document.querySelectorAll("[data-tapped]")) countTaps(area)

export function countTaps(area) {
  const all = area.querySelector("[data-tap-all]")
  const boxes = () => [...area.querySelectorAll("input[type=checkbox]")].filter((box) => box !== all)
  all?.closest("[hidden]")?.removeAttribute("hidden")
  const line = area.querySelector("[data-tapped-count]")
  const count = () => {
    const chosen = boxes().filter((box) => box.checked)
    line.textContent = area.dataset.one.replace("%", chosen.length).replace("#", boxes().length)
  }
  area.addEventListener("change", ({ target }) => {
    if (target === all) for (const box of boxes()) box.checked = all.checked
    else if (all && !target.checked) all.checked = false // else the one who was let go would be present again
    count()
  })
  area.closest("form")?.addEventListener("input", count) // also where a script fills it
  if (boxes().length) count()
}
