// The page of an assessment's form: its sections fold, what is answered is kept on the device at once, and what is saved
// goes by the outbox. Without this module it is one long form that the browser sends by itself.
import { startAssessment } from "./outbox/forms/assessment.js"
import { fold } from "./outbox/steps.js"

for (const form of document.querySelectorAll("[data-assessment-form]")) start(form)

function start(form) {
  const sync = document.querySelector("[data-sync]") // only an assistant has an outbox
  if (!isSecureContext || !sync) return fold(form)
  const { name, place, household, fresh } = form.dataset
  const subject = { id: Number(household), name, place }
  return startAssessment(form, { user: Number(sync.dataset.user), subject, isFresh: fresh !== undefined })
}
