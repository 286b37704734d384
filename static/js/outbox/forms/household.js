// An edit of a family without network: the form keeps what it was filled from (base), so that the server can put it beside
// what others changed since; what both changed comes back as a choice.
import { showErrors } from "../errors.js"
import { fill, keepDrafts } from "../form.js"
import { offerPoint } from "../point.js"
import { saveByOutbox } from "../saving.js"

// The fields that hold a unit of several columns.
const PARTS = { school: ["school_level", "grade"], point: ["latitude", "longitude"] }
const WRITTEN = new Map([[null, ""], [true, "ya"], [false, "tidak"]])

const edit = {
  name: "household",

  check(form) {
    const open = [...form.querySelectorAll("[data-choices] fieldset")].filter((choice) => !choice.querySelector(":checked"))
    return open.length ? { reasons: [form.dataset.unchosen] } : undefined
  },

  // What was chosen is written upon what stands now, so that it clashes no more.
  prepare(form) {
    const base = JSON.parse(form.elements.base.value)
    for (const choice of form.querySelectorAll("[data-choices] fieldset")) {
      const { unit, value, fields } = choice.asked
      base[unit] = value
      if (choice.querySelector(":checked").value === "theirs") for (const [name, text] of fields) form.elements[name].value = text
    }
    form.elements.base.value = JSON.stringify(base)
    form.querySelector("[data-choices]").replaceChildren()
  },

  describe: (form) => ({ summary: changes(form) }),
}

export async function beginEdit(root, { user, subject }, row) {
  const form = root.querySelector("form")
  const find = (name) => root.querySelector(`[data-${name}]`)
  find("family-name").textContent = subject.name
  find("family-place").textContent = subject.place
  const numbers = [...new Set(Object.keys(subject.base).filter((unit) => unit.includes("-")).map((unit) => unit.slice(1).split("-")[0]))]
  find("members").replaceChildren(...numbers.map((number) => member(find("member"), number, subject)))
  fill(form, row ? row.fields : [["base", JSON.stringify(subject.base)], ...fieldsOf(subject.base)])
  for (const details of form.querySelectorAll("details")) details.open = false
  if (row?.state === "refused") {
    showErrors(form, row.refusal)
    ask(form, row.refusal.asked)
  }
  offerPoint(form, subject)
  await startEdit(form, { user, subject }, row)
}

// The same for a form that is drawn already. It alone has the point, and goes by its own: a draft from elsewhere has none.
export async function startEdit(form, { user, subject }, row) {
  form.shownWith = new Map(fieldsOf(subject.base))
  form.addEventListener("refused", ({ detail }) => ask(form, detail.asked))
  const draft = `${user}:${row?.uuid ?? `ubah:${subject.id}`}`
  const begun = begin()
  saveByOutbox(form, edit, { user, household: subject.id, subject }, { draft, begun })
  await begun

  async function begin() {
    await keepDrafts(form, draft, user)
    if (!row && subject.base.point !== undefined) {
      form.elements.base.value = JSON.stringify({ ...JSON.parse(form.elements.base.value), point: subject.base.point })
    }
    return async () => ({ photos: [] })
  }
}

// What a form that is filled from a base has in its fields: pairs of name and text.
function fieldsOf(base) {
  return Object.entries(base).flatMap(([unit, value]) => {
    const cut = unit.indexOf("-") + 1
    const names = PARTS[unit.slice(cut)] ?? [unit.slice(cut)]
    const values = Array.isArray(value) ? value : names.map(() => value)
    return names.map((name, place) => [unit.slice(0, cut) + name, WRITTEN.get(values[place]) ?? String(values[place])])
  })
}

function member(template, number, { base, recipient }) {
  const element = template.content.firstElementChild.cloneNode(true)
  for (const attribute of ["name", "id", "for", "aria-describedby"]) {
    for (const part of element.querySelectorAll(`[${attribute}*="m0-"]`)) {
      part.setAttribute(attribute, part.getAttribute(attribute).replace("m0-", `m${number}-`))
    }
  }
  element.querySelector("summary").textContent = base[`m${number}-name`] || "Anggota"
  if (Number(number) === recipient) element.querySelector(`[name="m${number}-left"]`).closest(".field").remove()
  return element
}

function ask(form, asked = []) {
  const template = form.querySelector("[data-choice]")
  form.querySelector("[data-choices]").replaceChildren(...asked.map((each) => choice(template, each)))
}

function choice(template, asked) {
  const element = template.content.firstElementChild.cloneNode(true)
  element.asked = asked
  for (const part of ["name", "told", "mine", "theirs"]) element.querySelector(`[data-choice-${part}]`).textContent = asked[part]
  for (const input of element.querySelectorAll("input")) {
    input.name = `choose-${asked.unit}`
    const id = `choose-${input.value}-${asked.unit}`
    input.nextElementSibling.htmlFor = input.id = id
  }
  return element
}

// What differs from what the form was filled from, in words: "Alamat, Rizki".
function changes(form) {
  const said = new Set()
  for (const field of form.querySelectorAll("[name]:not([type=hidden])")) {
    if (field.closest("[data-choices]") || (field.type === "checkbox" ? !field.checked : field.value === (form.shownWith.get(field.name) ?? ""))) continue
    const row = field.closest("details")
    if (!row) said.add(form.querySelector(`label[for="${field.id}"]`).textContent)
    else said.add(field.name.startsWith("new-") ? form.dataset.newcomer : row.querySelector("summary").textContent)
  }
  const point = form.querySelector("[data-point]:not([hidden])")
  if (point && form.elements.latitude.value) said.add(point.dataset.point)
  return [...said].join(", ")
}
