// An assessment of house and economy: the form in steps, filled from the last one, on its own page and without network.
import { showErrors } from "../errors.js"
import { fill, keepDrafts, localTime } from "../form.js"
import { takeSlots } from "../slots.js"
import { saveByOutbox } from "../saving.js"
import { fold } from "../steps.js"

const NO_ANSWERS = new Set(["uuid", "outbox_version", "pictured", "replaces", "assessed_on", "note"])

export const assessment = {
  name: "assessment",

  describe(form) {
    const answered = new Set([...new FormData(form)].filter(([name, value]) => value && typeof value === "string" && !NO_ANSWERS.has(name)).map(([name]) => name))
    return { summary: form.dataset.summary.replace("%", answered.size), happenedAt: `${form.elements.assessed_on.value}T12:00` }
  },
}

export async function beginAssessment(root, { user, subject }, row) {
  const form = root.querySelector("form")
  const find = (name) => root.querySelector(`[data-${name}]`)
  find("family-name").textContent = subject.name
  find("family-place").textContent = subject.place
  find("last").hidden = Boolean(row) || !subject.last
  find("last-words").textContent = subject.last ?? ""
  if (row) fill(form, row.fields)
  else fill(form, [["assessed_on", localTime().slice(0, 10)], ...subject.answers.map(([name, value]) => [name, String(value)])])
  if (row?.state === "refused") showErrors(form, row.refusal)
  await startAssessment(form, { user, subject }, row)
}

// The same for a form that is drawn already.
export async function startAssessment(form, { user, subject, isFresh = true }, row) {
  const draft = `${user}:${row?.uuid ?? `asesmen:${subject.id}:${form.elements.replaces.value}`}`
  const begun = (isFresh ? keepDrafts(form, draft, user) : Promise.resolve()).then(() => takeSlots(form, { user, draft }))
  const { id, name, place } = subject
  saveByOutbox(form, assessment, { user, household: id, subject: { id, name, place } }, { draft, begun })
  await begun
  fold(form)
}
