// What is wrong with a form, as the server would show it: summed up on top, and beside its field.

export function showErrors(form, { errors = {}, reasons = [] }) {
  const box = form.querySelector("[data-form-errors]")
  for (const old of form.querySelectorAll(".errorlist")) old.remove()
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid")
  box.hidden = !reasons.length
  box.querySelector("ul").replaceChildren(...reasons.map((words) => line(words)))
  for (const [name, found] of Object.entries(errors)) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`)
    if (!field) continue
    const list = document.createElement("ul")
    list.className = "errorlist"
    list.append(...found.map(({ message }) => line(message)))
    ;(field.closest(".choices") ?? field).before(list)
    field.setAttribute("aria-invalid", "true")
    field.closest("details")?.setAttribute("open", "")
  }
  box.focus()
  box.scrollIntoView({ block: "center" })
}

function line(words) {
  const item = document.createElement("li")
  item.textContent = words
  return item
}
