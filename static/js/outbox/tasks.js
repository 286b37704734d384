// Without network: today's list from what the phone keeps, in the order that the server gave.

const DAY = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }

export function showTasks(root, { day }, waiting) {
  const template = root.querySelector("[data-task-card]")
  const written = new Set(waiting.map((item) => item.household))
  root.querySelector("[data-made]").textContent = new Date(day.at).toLocaleString("id", DAY)
  const age = Math.floor((Date.now() - day.at) / 86_400_000)
  for (const name of ["late", "others"]) {
    const families = day.families.filter((family) => family.late === (name === "late"))
    const part = root.querySelector(`[data-${name}]`)
    part.hidden = !families.length
    part.querySelector("[data-count]").textContent = families.length
    part.querySelector("ul").replaceChildren(...families.map((family) => card(template, family, age, written)))
  }
}

function card(template, family, age, written) {
  const element = template.content.firstElementChild.cloneNode(true)
  const find = (name) => element.querySelector(`[data-${name}]`)
  const days = family.days === null ? null : family.days + age
  find("name").textContent = family.name
  find("place").textContent = family.place
  find("reason").textContent = family.reason
  find("days").textContent = days === null ? template.dataset.never : days ? template.dataset.days.replace("%", days) : template.dataset.today
  find("badge").classList.toggle("badge--late", family.late)
  find("badge").querySelector("svg").toggleAttribute("hidden", !family.late)
  find("written").hidden = !written.has(family.id)
  find("who").textContent = ` ke ${family.name}`
  find("write").href = `/visits/new/${family.id}/`
  return element
}
