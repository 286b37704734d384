// The page of a meeting's form: position in the background, a draft on the phone, saved by the outbox, so that a network
// that goes away while names are tapped costs nothing. Without this module the browser sends the form by itself.
import { startSession } from "./outbox/forms/session.js"

for (const form of document.querySelectorAll("[data-session-form]")) start(form)

function start(form) {
  if (!isSecureContext) return // no numbers to be had for what is kept: the plain form does
  const { user, name, place } = form.dataset
  const subject = { id: Number(form.elements.group.value), name, place, members: [...form.querySelectorAll(".presence")].map(member) }
  startSession(form, { user: Number(user), subject, isFresh: form.dataset.fresh !== undefined })
}

function member(line) {
  const find = (name) => line.querySelector(`[data-${name}]`).textContent
  return { id: Number(line.querySelector("input").name.replace("present-", "")), name: find("name"), place: find("place") }
}
