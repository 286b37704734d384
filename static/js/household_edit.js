// The page on which an assistant edits a family: saved by the outbox, so that a network that goes away meanwhile costs
// nothing. Without this module the browser sends the form by itself.
import { startEdit } from "./outbox/forms/household.js"

const form = document.querySelector("[data-edit-form]")
const sync = document.querySelector("[data-sync]")

if (isSecureContext && sync) {
  const subject = JSON.parse(document.getElementById("edit-subject").textContent)
  form.elements.base.value = JSON.stringify(subject.base)
  await startEdit(form, { user: Number(sync.dataset.user), subject })
}
