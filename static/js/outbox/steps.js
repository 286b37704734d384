// The sections of a long form as steps: one is open, each says how much of it is answered, and leads to the next.

export function fold(form) {
  const root = form.querySelector("[data-steps]")
  const steps = [...root.querySelectorAll("details")]
  const count = () => {
    for (const step of steps) {
      const groups = questions(step)
      const answered = groups.filter((fields) => fields.some(isAnswered)).length
      step.querySelector("[data-step-count]").textContent = root.dataset.count.replace("%", answered).replace("@", groups.length)
    }
  }
  for (const [place, step] of steps.entries()) {
    const next = step.querySelector("[data-step-next]")
    if (!next) continue
    next.hidden = false
    next.addEventListener("click", () => {
      step.open = false
      open(steps[place + 1])
    })
  }
  form.addEventListener("input", count)
  form.addEventListener("change", count)
  count()
  close(steps)
}

// What has an error stays open; else the first.
function close(steps) {
  const wrong = steps.filter((step) => step.querySelector(".errorlist"))
  const shown = wrong.length ? wrong : [steps[0]]
  for (const step of steps) step.open = shown.includes(step)
}

function open(step) {
  step.open = true
  step.querySelector("summary").focus()
  step.scrollIntoView({ block: "start" })
}

// The fields of a section, together by question.
function questions(step) {
  const groups = new Map()
  for (const field of step.querySelectorAll("input, select, textarea")) {
    if (!field.name || field.type === "file") continue
    groups.set(field.name, [...(groups.get(field.name) ?? []), field])
  }
  return [...groups.values()]
}

const isAnswered = (field) => (["radio", "checkbox"].includes(field.type) ? field.checked && field.value !== "" : field.value.trim() !== "")
