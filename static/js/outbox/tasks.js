// Without network: today's list from what the phone keeps, in the order that the server gave.

const A_DAY = 86_400_000
const DAY = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }

export function showTasks(root, { day }, waiting) {
  const template = root.querySelector("[data-task-card]")
  const written = new Set(waiting.filter(({ kind }) => kind === "visit").map((item) => item.household))
  root.querySelector("[data-made]").textContent = new Date(day.at).toLocaleString("id", DAY)
  for (const name of ["late", "others"]) {
    const families = day.families.filter((family) => daysOver(family) > 0 === (name === "late"))
    const part = root.querySelector(`[data-${name}]`)
    part.hidden = !families.length
    part.querySelector("[data-count]").textContent = families.length
    part.querySelector("ul").replaceChildren(...families.map((family) => card(template, family, written)))
  }
}

// Days since the first thing was due in Jakarta: what is due today is overdue tomorrow, without network too.
function daysOver(family) {
  return family.due ? Math.floor((Date.now() - Date.parse(`${family.due}T00:00+07:00`)) / A_DAY) : 0
}

function until(template, family) {
  const over = daysOver(family)
  if (over > 0) return template.dataset.over.replace("%", over)
  if (!family.due) return ""
  const due = new Date(`${family.due}T12:00+07:00`)
  return template.dataset.until.replace("%", due.toLocaleDateString("id", { day: "numeric", month: "short" }))
}

function card(template, family, written) {
  const element = template.content.firstElementChild.cloneNode(true)
  const find = (name) => element.querySelector(`[data-${name}]`)
  find("name").textContent = family.name
  find("place").textContent = family.place
  find("reason").textContent = family.reason
  find("until").textContent = until(template, family)
  find("badge").hidden = !family.due
  find("badge").classList.toggle("badge--late", daysOver(family) > 0)
  find("badge").querySelector("svg").toggleAttribute("hidden", daysOver(family) <= 0)
  find("written").hidden = !written.has(family.id)
  find("who").textContent = ` ke ${family.name}`
  find("write").href = `/visits/new/${family.id}/`
  for (const whom of element.querySelectorAll("[data-whom]")) whom.textContent = ` ${family.name}`
  find("change").href = `/households/${family.id}/edit/`
  find("assess").href = `/households/${family.id}/assessments/new/`
  return element
}
