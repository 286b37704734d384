// The bare form of a visit, filled for one family: to write without network, and to edit what waits in the outbox.
import { showErrors } from "./errors.js"
import { fill, keepDrafts, localTime, saveByOutbox } from "./form.js"
import { takePhotos } from "./photos.js"
import { follow } from "../position.js"

// `visit` as in saveByOutbox; `row` is the item that is edited, if there is one.
export async function beginWriting(root, { user, household, family }, row) {
  const form = root.querySelector("form")
  const find = (name) => root.querySelector(`[data-${name}]`)
  find("family-name").textContent = family.name
  find("family-place").textContent = family.place
  find("follow-up").hidden = !family.follow_up
  find("follow-up-words").textContent = family.follow_up ?? ""
  const setsHome = find("sets-home")
  setsHome.hidden = family.has_point !== false
  const draft = `${user}:${row?.uuid ?? household}`
  if (row) fill(form, row.fields)
  else form.elements.happened_at.value = localTime()
  if (row?.state === "refused") showErrors(form, row.refusal)
  await keepDrafts(form, draft, user)
  const pictures = await takePhotos(form, { user, item: row?.uuid, draft })
  saveByOutbox(form, { user, household, family: { name: family.name, place: family.place, has_point: family.has_point } }, { row, draft, pictures })
  follow(form.querySelector("[data-position]"), form.elements)
}
