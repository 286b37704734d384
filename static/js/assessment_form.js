// The page of an assessment's form: its sections fold, and what is answered is kept on the device at once.
import { keepDrafts } from "./outbox/form.js"
import { fold } from "./outbox/steps.js"

for (const form of document.querySelectorAll("[data-assessment-form]")) start(form)

async function start(form) {
  fold(form)
}
