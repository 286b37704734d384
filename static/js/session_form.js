// The page of a meeting's form: position in the background; saved by the outbox, so that a network that goes away while
// names are tapped costs nothing. Without this module the browser sends the form by itself.
import { showErrors } from "./outbox/errors.js"
import { entriesOf, fill, leave } from "./outbox/form.js"
import * as store from "./outbox/store.js"
import { follow } from "./position.js"

for (const form of document.querySelectorAll("[data-session-form]")) start(form)

async function start(form) {
  const fields = form.elements
  for (const line of form.querySelectorAll("[data-position]")) {
    const { latitude, longitude, accuracy } = fields
    follow(line, { latitude, longitude, accuracy, position_source: { value: "" }, happened_at: endOf(fields) })
  }
  const refused = location.hash && (await store.item(location.hash.slice(1)))
  if (refused?.page === location.pathname) {
    fill(form, refused.fields)
    showErrors(form, refused.refusal ?? {})
  }
  form.addEventListener("submit", (event) => save(event, form))
}

// A meeting is written down when it ends: where one is then is where it was.
function endOf({ happened_at: start, ends_at: end }) {
  return {
    get value() {
      return `${start.value.slice(0, 10)}T${end.value}`
    },
    addEventListener: (...listening) => end.addEventListener(...listening),
  }
}

async function save(event, form) {
  if (form.elements.photos.files.length) return // photos go with the form, to the server alone
  event.preventDefault()
  const button = form.querySelector("button:not([type=button])")
  button.disabled = true
  const { page, user, name, place } = form.dataset
  const kept = {
    uuid: form.elements.uuid.value,
    user: Number(user),
    family: { name, place },
    page,
    fields: entriesOf(form),
    summary: form.elements.lesson.selectedOptions[0].textContent.trim(),
    happenedAt: form.elements.happened_at.value,
    writtenAt: Date.now(),
    state: "waiting",
    edition: Date.now(),
  }
  try {
    await store.keep(kept)
  } catch {
    return form.submit() // no room on this phone: to the server alone
  }
  await leave(form, kept)
  button.disabled = false
}
