// What is written goes into the outbox first, then to the server at once if it can.
import { whileSeen } from "./asking.js"
import { showErrors } from "./errors.js"
import { digestOf, entriesOf, savedHere } from "./form.js"
import { OUTBOX } from "./places.js"
import * as store from "./store.js"
import { knock, send, sendAtOnce } from "./send.js"
import { sendLater } from "./sync.js"

// Save by the outbox. `kind` is what forms/<kind>.js says of it: name, check (what is wrong at once), prepare, describe.
// `item` says whose and about whom: user, subject {id, name, place}, and household where the server asks for one. The
// number in the form is the item's: saved again, in another tab or come back to, it is an edit of it.
// `begun` promises the function that tells the form's photos: who is faster than that waits. Where it fails (a phone
// that keeps nothing) the browser sends the form by itself.
export function saveByOutbox(form, kind, item, { draft, begun }) {
  const button = form.querySelector("button:not([type=button])")
  begun.catch(() => {}) // told when it is saved
  form.elements.uuid.value ||= crypto.randomUUID()
  addEventListener("pageshow", ({ persisted }) => persisted && (button.disabled = false)) // come back to
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    if (button.disabled) return
    button.disabled = true
    let isLeaving = false // until the other page is there, a second tap is none
    try {
      const pictures = await begun.catch(() => {})
      if (!pictures) return form.submit()
      const wrong = kind.check?.(form) ?? (await saveAll(form, kind, item, draft, await pictures()))
      isLeaving = !wrong
      if (wrong?.state === "rejected") form.dispatchEvent(new CustomEvent("refused", { detail: wrong }))
      if (wrong?.reasons) showErrors(form, wrong)
    } finally {
      button.disabled = isLeaving
    }
  })
}

// A photo that cannot be had is told before the page is left; whoever saves again does so without it.
function saveAll(form, kind, item, draft, { photos, trouble }) {
  return trouble ? { reasons: [trouble] } : save(form, kind, item, draft, photos)
}

// Gives what is wrong, or nothing.
async function save(form, kind, item, draft, photos) {
  const { uuid } = form.elements
  const digest = await digestOf(form)
  const saved = await savedHere(draft)
  if (saved?.digest === digest) uuid.value = saved.uuid // the browser filled the form as it was: the same once more
  kind.prepare?.(form)
  history.replaceState({ draft, number: uuid.value }, "")
  const row = { ...written(form, kind, item, await store.item(uuid.value).catch(() => {})), digest }
  try {
    await store.keep(row, photos, draft)
  } catch {
    return sendUnkept(form, row, photos)
  }
  return leave(form, row)
}

function written(form, kind, item, before) {
  return {
    ...item,
    uuid: form.elements.uuid.value,
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

async function doorOf(row, seen) {
  const door = navigator.onLine ? await knock({ seen }) : { state: "away" }
  return door.state === "open" && door.user !== row.user ? { state: "login" } : door
}

// No room on this phone: to the server alone. Until it is there the page must stay open.
async function sendUnkept(form, row, photos) {
  const seen = whileSeen()
  const door = await doorOf(row, seen)
  const answer = door.state === "open" ? await sendAtOnce(row, photos, door, { seen }) : door
  if (answer.state === "rejected") return answer
  if (answer.state !== "stored") return { reasons: [form.dataset.noRoom] }
  location.assign(answer.url || OUTBOX)
  return undefined
}

function stay(form) {
  const notice = form.querySelector("[data-kept-here]")
  notice.hidden = false
  notice.scrollIntoView({ block: "center" })
  return { state: "waiting" }
}

async function leave(form, row) {
  const seen = whileSeen()
  const door = await doorOf(row, seen)
  const answer = door.state === "open" ? await send(row, door, { seen }) : door
  if (answer.state === "rejected") return answer
  if (answer.state !== "stored" || (await store.photosOf(row.uuid)).length) await sendLater()
  if (answer.state !== "stored" && !navigator.serviceWorker?.controller) return stay(form) // no shell to go to
  if (seen.aborted) navigator.serviceWorker?.controller?.postMessage("hung")
  const page = answer.state === "stored" && answer.url
  const isThere = location.pathname === OUTBOX // edited there: the address alone would change
  location.assign(page || `${OUTBOX}#disimpan`)
  if (isThere && !page) location.reload()
  return undefined
}
