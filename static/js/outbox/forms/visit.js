// A visit: what its form checks and tells before it is kept, and the bare form filled for one family.
import { showErrors } from "../errors.js"
import { fill, keepDrafts, localTime } from "../form.js"
import { takePhotos } from "../photos.js"
import { saveByOutbox } from "../saving.js"
import { follow } from "../../position.js"

const SPOT_MS = 2 * 3_600_000

export const visit = {
  name: "visit",

  check(form) {
    if (form.querySelector("[name=result]:checked")) return undefined
    const words = form.dataset.resultMissing
    return { errors: { result: [{ message: words }] }, reasons: [words] }
  },

  // Whoever writes on the spot has just finished.
  prepare(form) {
    const { ends, happened_at: start } = form.elements
    const now = localTime()
    const isOnTheSpot = Date.now() - new Date(start.value) < SPOT_MS && start.value <= now && start.value.slice(0, 10) === now.slice(0, 10)
    if (!ends.value && isOnTheSpot) ends.value = now.slice(11)
  },

  describe: (form) => ({
    summary: form.querySelector("[name=result]:checked").closest(".choice").textContent.trim(),
    happenedAt: form.elements.happened_at.value,
  }),
}

export async function beginVisit(root, { user, subject }, row) {
  const form = root.querySelector("form")
  const find = (name) => root.querySelector(`[data-${name}]`)
  find("family-name").textContent = subject.name
  find("family-place").textContent = subject.place
  find("follow-up").hidden = !subject.follow_up
  find("follow-up-words").textContent = subject.follow_up ?? ""
  find("sets-home").hidden = subject.has_point !== false
  if (row) fill(form, row.fields)
  else form.elements.happened_at.value = localTime()
  if (row?.state === "refused") showErrors(form, row.refusal)
  if (row) form.elements.uuid.value = row.uuid
  const draft = `${user}:${row?.uuid ?? subject.id}`
  const begun = keepDrafts(form, draft, user).then(() => takePhotos(form, { user, draft }))
  const { id, name, place, has_point } = subject
  saveByOutbox(form, visit, { user, household: id, subject: { id, name, place, has_point } }, { draft, begun })
  await begun
  follow(form.querySelector("[data-position]"), form.elements)
}
