// The page of a visit's form: position in the background, a draft on the phone, saved by the outbox. Without this module
// the browser sends the form by itself.
import { keepDrafts } from "./outbox/form.js"
import { visit } from "./outbox/forms/visit.js"
import { takePhotos } from "./outbox/photos.js"
import { saveByOutbox } from "./outbox/saving.js"
import { follow } from "./position.js"
import { offerPin } from "./visit_pin.js"

for (const form of document.querySelectorAll("[data-visit-form]")) start(form)

function start(form) {
  for (const line of form.querySelectorAll("[data-position]")) follow(line, form.elements)
  offerPin(form)
  if (!isSecureContext) return // no numbers to be had for what is kept: the plain form does
  const { name, place } = form.dataset
  const household = Number(form.dataset.household)
  const user = Number(document.querySelector("[data-sync]").dataset.user)
  const draft = `${user}:${household}`
  saveByOutbox(form, visit, { user, household, subject: { id: household, name, place } }, { draft, begun: begin() })

  async function begin() {
    if (form.dataset.fresh !== undefined) await keepDrafts(form, draft, user)
    return takePhotos(form, { user, draft })
  }
}
