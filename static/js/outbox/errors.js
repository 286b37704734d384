// What is wrong with a form, as the server would show it: summed up on top, and beside its field.

export function showErrors(form, { errors = {}, reasons = [] }) {
  const box = form.querySelector("[data-form-errors]")
  for (const old of form.querySelectorAll(".errorlist")) old.remove()
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid")
  box.hidden = !reasons.length
  const places = new Map() // what is wrong with a field: where it is
  for (const [name, found] of Object.entries(errors)) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`)
    if (!field) continue
    const list = document.createElement("ul")
    list.className = "errorlist"
    list.append(...found.map(({ message }) => line(message)))
    ;(field.closest(".choices") ?? field).before(list)
    field.setAttribute("aria-invalid", "true")
    field.closest("details")?.setAttribute("open", "")
    for (const { message } of found) places.set(message, field.id)
  }
  box.querySelector("ul").replaceChildren(...reasons.map((words) => line(words, placeOf(words, places))))
  box.focus()
  box.scrollIntoView({ block: "center" })
}

// A reason is what is wrong, after the field's name.
function placeOf(reason, places) {
  for (const [message, id] of places) if (id && reason.endsWith(message)) return id
}

function line(words, place) {
  const item = document.createElement("li")
  if (!place) {
    item.textContent = words
    return item
  }
  const link = document.createElement("a")
  link.href = `#${place}`
  link.textContent = words
  item.append(link)
  return item
}
