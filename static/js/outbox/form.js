// A form on a phone: its fields as they are kept, and the draft of what is typed.
import * as store from "./store.js"

const NOT_KEPT = new Set(["csrfmiddlewaretoken", "photos", "writer"])
// Of the page that is open, not of a draft.
const PAGES_OWN = new Set(["uuid", "latitude", "longitude", "accuracy", "position_source", "group", "listed"])
const DRAFT_EVERY_MS = 400
const DRAFT_DAYS_MS = 7 * 86_400_000
const WHEN = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }

export const entriesOf = (form) => entriesIn(new FormData(form))
export const entriesIn = (data) => [...data].filter(([name, value]) => !NOT_KEPT.has(name) && !(value instanceof File))

const isTicked = ({ type }) => type === "radio" || type === "checkbox"

// What is filled in here is the form's own; what differs from it somebody has typed.
export function fill(form, entries) {
  for (const field of form.elements) {
    const values = entries.filter(([name]) => name === field.name).map(([, value]) => value)
    if (isTicked(field)) field.checked = field.defaultChecked = values.includes(field.value)
    else if (values.length) field.value = field.defaultValue = values[0]
    for (const option of field.options ?? []) option.defaultSelected = option.selected
  }
  for (const { name } of form.elements) {
    const details = name && form.elements[name].closest?.("details")
    if (details && form.elements[name].value && !["kind", "happened_at", "ends", "speaker"].includes(name)) details.open = true
  }
  form.dispatchEvent(new Event("input", { bubbles: true }))
}

function isTyped(field) {
  if (isTicked(field)) return field.checked !== field.defaultChecked
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected)
  return field.type !== "hidden" && field.type !== "file" && field.value !== field.defaultValue
}

// The same, but for what was typed before there was something to fill in; `typed` takes its names.
function fillAround(form, entries, typed) {
  for (const field of form.elements) if (field.name && isTyped(field)) typed.add(field.name)
  const said = entriesOf(form).filter(([name]) => typed.has(name))
  fill(form, [...entries.filter(([name]) => !typed.has(name)), ...said])
}

// Local date and time as its field takes it.
export function localTime(date = new Date()) {
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

// What was saved from this entry of the browser's history, under the same draft.
export const savedHere = async (draft) => history.state?.draft === draft && store.item(history.state.number)

// Tells by few letters whether a form says what it said before; time and place apart.
export async function digestOf(form) {
  const said = entriesOf(form).filter(([name]) => !PAGES_OWN.has(name) && !["happened_at", "ends"].includes(name))
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(said)))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

// Keep what is typed until it is saved: a page that is lost, or a log-in that has ended, must not cost it.
export async function keepDrafts(form, key, user) {
  const { uuid } = form.elements
  uuid.value ||= crypto.randomUUID()
  const typed = new Set()
  const saved = await savedHere(key)
  if (saved && saved.state !== "sent") fillAround(form, saved.fields, typed) // come back to: it is that item still, and shows it
  const found = await store.draft(key)
  if (found && Date.now() - found.at < DRAFT_DAYS_MS) offerDraft(form, found, typed)
  // The same draft in two tabs is one entry; one that was saved since is not the next one.
  if (found?.uuid && !(await store.item(found.uuid))) uuid.value = found.uuid
  let waiting
  const stopWaiting = () => (waiting = clearTimeout(waiting))
  const keep = () => {
    stopWaiting()
    return store.keepDraft({ key, user, uuid: uuid.value, fields: entriesOf(form), at: Date.now() }).catch(() => {}) // no room
  }
  form.addEventListener("input", (event) => {
    if (!event.isTrusted) return // filled by a script: what was typed just before still has to be kept
    stopWaiting()
    waiting = setTimeout(keep, DRAFT_EVERY_MS)
  })
  form.addEventListener("submit", stopWaiting)
  form.addEventListener("change", (event) => event.isTrusted && keep()) // at once: the camera may close this page
}

function offerDraft(form, draft, typed) {
  const clean = entriesOf(form)
  const notice = form.querySelector("[data-draft]")
  fillAround(form, draft.fields.filter(([name]) => !PAGES_OWN.has(name)), typed)
  notice.hidden = false
  notice.querySelector("[data-kept-at]").textContent = new Date(draft.at).toLocaleString("id", WHEN)
  notice.querySelector("button").addEventListener("click", async () => {
    fill(form, clean)
    form.elements.uuid.value = crypto.randomUUID()
    notice.hidden = true
    await store.dropDraft(draft.key)
    form.dispatchEvent(new Event("emptied"))
  })
}
