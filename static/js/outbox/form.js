// The form of a visit on a phone: what is written goes into the outbox first, then to the server at once if it can.
import { showErrors } from "./errors.js"
import * as store from "./store.js"
import { knock, send } from "./send.js"
import { sendLater } from "./sync.js"

const NOT_KEPT = new Set(["csrfmiddlewaretoken", "photos"])
// Of the page that is open, not of a draft.
const PAGES_OWN = new Set(["uuid", "latitude", "longitude", "accuracy", "position_source"])
const DRAFT_EVERY_MS = 400
const DRAFT_DAYS_MS = 7 * 86_400_000
const SPOT_MS = 2 * 3_600_000
const WHEN = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }
export const OUTBOX = "/visits/outbox/"

export const entriesOf = (form) => [...new FormData(form)].filter(([name]) => !NOT_KEPT.has(name))

export function fill(form, entries) {
  for (const field of form.elements) {
    const values = entries.filter(([name]) => name === field.name).map(([, value]) => value)
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value)
    else if (values.length) field.value = values[0]
  }
  for (const { name } of form.elements) {
    const details = name && form.elements[name].closest?.("details")
    if (details && form.elements[name].value && !["kind", "happened_at", "ends"].includes(name)) details.open = true
  }
  form.dispatchEvent(new Event("input", { bubbles: true }))
}

// Local date and time as its field takes it.
export function localTime(date = new Date()) {
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

// Keep what is typed until it is saved: a page that is lost, or a log-in that has ended, must not cost it.
export async function keepDrafts(form, key, user) {
  const found = await store.draft(key)
  if (found && Date.now() - found.at < DRAFT_DAYS_MS) offerDraft(form, found)
  let waiting
  const stopWaiting = () => (waiting = clearTimeout(waiting))
  const keep = () => {
    stopWaiting()
    return store.keepDraft({ key, user, fields: entriesOf(form), at: Date.now() })
  }
  form.addEventListener("input", (event) => {
    if (!event.isTrusted) return // filled by a script: what was typed just before still has to be kept
    stopWaiting()
    waiting = setTimeout(keep, DRAFT_EVERY_MS)
  })
  form.addEventListener("submit", stopWaiting)
  form.addEventListener("change", (event) => event.isTrusted && keep()) // at once: the camera may close this page
}

function offerDraft(form, draft) {
  const clean = entriesOf(form)
  const notice = form.querySelector("[data-draft]")
  fill(form, draft.fields.filter(([name]) => !PAGES_OWN.has(name)))
  notice.hidden = false
  notice.querySelector("time").textContent = new Date(draft.at).toLocaleString("id", WHEN)
  notice.querySelector("button").addEventListener("click", async () => {
    fill(form, clean)
    notice.hidden = true
    await store.dropDraft(draft.key)
    form.dispatchEvent(new Event("emptied"))
  })
}

// Save by the outbox. `visit` says whose and about whom: user, household, family {name, place}; `row` is what is edited.
export function saveByOutbox(form, visit, { row, draft, pictures }) {
  let kept = row
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const button = form.querySelector("button:not([type=button])")
    button.disabled = true
    try {
      if (!isFilled(form)) return
      noteEnd(form)
      kept = written(form, visit, kept)
      if (await isKept(kept, pictures, draft)) await leave(form, kept)
      else if (form.elements.csrfmiddlewaretoken) form.submit() // no room on this phone: to the server alone
      else showErrors(form, { reasons: [form.dataset.noRoom] })
    } finally {
      button.disabled = false
    }
  })
}

async function isKept(row, pictures, draft) {
  try {
    await store.keep(row, await pictures(), draft)
    return true
  } catch {
    return false
  }
}

function written(form, visit, before) {
  const uuid = before?.uuid ?? crypto.randomUUID()
  form.elements.uuid.value = uuid
  const chosen = form.querySelector("[name=result]:checked")
  return {
    ...visit,
    uuid,
    fields: entriesOf(form),
    summary: chosen?.closest(".choice").textContent.trim() ?? "",
    happenedAt: form.elements.happened_at.value,
    writtenAt: before?.writtenAt ?? Date.now(),
    state: "waiting",
    stored: undefined,
    edition: (before?.edition ?? 0) + 1,
    revision: before && crypto.randomUUID(), // the server may have the first edition already
  }
}

export async function leave(form, kept) {
  const door = navigator.onLine ? await knock({ isSeen: true }) : { state: "away" }
  const isOwn = door.state === "open" && door.user === kept.user
  const answer = isOwn ? await send(kept, door, { isSeen: true }) : { state: door.state }
  if (answer.state === "rejected") return showErrors(form, answer)
  if (answer.state !== "stored") await sendLater()
  if (answer.state === "stored" && answer.url) return location.assign(answer.url)
  const isThere = location.pathname === OUTBOX // edited there: the address alone would change
  location.assign(`${OUTBOX}#disimpan`)
  if (isThere) location.reload()
}

// Whoever writes on the spot has just finished.
function noteEnd(form) {
  const { ends, happened_at: start } = form.elements
  const now = localTime()
  const isOnTheSpot = Date.now() - new Date(start.value) < SPOT_MS && start.value <= now && start.value.slice(0, 10) === now.slice(0, 10)
  if (!ends.value && isOnTheSpot) ends.value = now.slice(11)
}

function isFilled(form) {
  if (form.querySelector("[name=result]:checked")) return true
  const words = form.dataset.resultMissing
  showErrors(form, { errors: { result: [{ message: words }] }, reasons: [words] })
  return false
}
