// A form on a phone: what is written goes into the outbox first, then to the server at once if it can.
import { whileSeen } from "./asking.js"
import { showErrors } from "./errors.js"
import { OUTBOX } from "./places.js"
import * as store from "./store.js"
import { knock, send } from "./send.js"
import { sendLater } from "./sync.js"

const NOT_KEPT = new Set(["csrfmiddlewaretoken", "photos"])
// Of the page that is open, not of a draft.
const PAGES_OWN = new Set(["uuid", "latitude", "longitude", "accuracy", "position_source", "group", "listed"])
const DRAFT_EVERY_MS = 400
const DRAFT_DAYS_MS = 7 * 86_400_000
const WHEN = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }

export const entriesOf = (form) => [...new FormData(form)].filter(([name, value]) => !NOT_KEPT.has(name) && !(value instanceof File))

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
  notice.querySelector("[data-kept-at]").textContent = new Date(draft.at).toLocaleString("id", WHEN)
  notice.querySelector("button").addEventListener("click", async () => {
    fill(form, clean)
    notice.hidden = true
    await store.dropDraft(draft.key)
    form.dispatchEvent(new Event("emptied"))
  })
}

// Save by the outbox. `kind` is what forms/<kind>.js says of it: name, check (what is wrong at once), prepare, describe.
// `item` says whose and about whom: user, subject {id, name, place}, and household where the server asks for one; `row` is
// what is edited.
export function saveByOutbox(form, kind, item, { row, draft, pictures }) {
  let kept = row
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const button = form.querySelector("button:not([type=button])")
    button.disabled = true
    try {
      const wrong = kind.check?.(form)
      if (wrong) return showErrors(form, wrong)
      kind.prepare?.(form)
      kept = written(form, kind, item, kept)
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

function written(form, kind, item, before) {
  const uuid = before?.uuid ?? crypto.randomUUID()
  form.elements.uuid.value = uuid
  return {
    ...item,
    uuid,
    kind: kind.name,
    fields: [...entriesOf(form), ["item_kind", kind.name]], // so a worker of an older version sends it rightly too
    ...kind.describe(form),
    writtenAt: before?.writtenAt ?? Date.now(),
    state: "waiting",
    stored: undefined,
    edition: (before?.edition ?? 0) + 1,
    revision: before && crypto.randomUUID(), // the server may have the first edition already
  }
}

async function leave(form, kept) {
  const seen = whileSeen()
  const door = navigator.onLine ? await knock({ seen }) : { state: "away" }
  const isOwn = door.state === "open" && door.user === kept.user
  const answer = isOwn ? await send(kept, door, { seen }) : { state: door.state }
  if (answer.state === "rejected") {
    form.dispatchEvent(new CustomEvent("refused", { detail: answer }))
    return showErrors(form, answer)
  }
  if (answer.state !== "stored") await sendLater()
  if (answer.state === "stored" && answer.url) return location.assign(answer.url)
  if (answer.state === "away") navigator.serviceWorker?.controller?.postMessage("away")
  const isThere = location.pathname === OUTBOX // edited there: the address alone would change
  location.assign(`${OUTBOX}#disimpan`)
  if (isThere) location.reload()
}
