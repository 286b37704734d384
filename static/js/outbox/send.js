// Sends what waits, oldest first; the same in a page and in the service worker. Any answer may be lost: everything has
// its UUID, and the server answers a repeat as it did the first time.
import { ask, json, post, read } from "./asking.js"
import * as store from "./store.js"

export const DOOR = "/visits/outbox/door/"
const DAY = "/visits/outbox/day/"
const SEND = "/visits/outbox/send/"
const PHOTO = "/visits/outbox/photo/"
const PHOTO_PATIENCE_MS = 120_000
const DAY_AGE_MS = 10 * 60_000

// Ask who is logged in: state "open" with user and token, or "login", "role", "away". While somebody waits for it, `seen`
// ends the try (AbortSignal).
export async function knock({ seen } = {}) {
  const answer = await ask(DOOR, { signal: seen })
  const door = (await json(answer)) ?? { state: "away" }
  if (door.state === "open") await store.welcome(door.user)
  return door
}

// Whom this phone keeps data of and who may not work any more is forgotten: asked with their key, without a cookie.
export async function forgetDisabled(exceptUser) {
  for (const { user, key } of await store.people()) {
    if (user === exceptUser || !key) continue
    const answer = await ask(DOOR, { credentials: "omit", headers: { "X-Phone-Key": key } })
    if (answer?.status === 410) await store.forget(user, { unsentToo: true })
  }
}

// Without TLS there are no locks, and no worker either: two pages may then send the same, which the server bears.
const inTurn = (work) => (navigator.locks ? navigator.locks.request("ejsika-outbox", work) : work())

// Send all that waits of who is logged in, one after the other. Two at once, in page and worker, wait for each other.
export function sendAll() {
  return inTurn(async () => {
    const door = await knock()
    if (door.state === "login") await forgetDisabled()
    if (door.state !== "open") return door.state
    let outcome = "done"
    let hasSent = false
    for (const item of await store.unsent(door.user)) {
      if (item.state !== "waiting") continue
      const { state } = await send(item, door)
      if (state === "away" || state === "login") return state
      if (state === "trouble") outcome = state
      hasSent ||= state === "stored"
    }
    await keepDay(door.user, { isStale: hasSent })
    return outcome
  })
}

// Send one item; gives state "stored" (with url), "rejected" (with errors, reasons), "away", "login" or "trouble".
// While somebody waits for it (`seen`, as above) its photos are left to the next page.
export async function send(item, door, { seen } = {}) {
  store.tell({ sending: item.uuid })
  const answer = item.stored ?? (await sendItem(item, door, seen))
  if (answer.state === "stored") {
    await settle(item, { stored: { state: "stored", url: answer.url }, trouble: "" })
    if (seen && (await store.photosOf(item.uuid)).length) return finish(item, answer)
    const photos = await sendPhotos(item, await store.photosOf(item.uuid), door)
    if (photos.state !== "stored") return finish(item, photos)
    const done = { state: "sent", sentAt: Date.now(), url: answer.url, lost: photos.lost }
    await settle(item, { ...done, refusal: undefined, trouble: "", fields: [] })
  } else if (answer.state === "rejected") {
    await settle(item, { state: "refused", refusal: { reasons: answer.reasons, errors: answer.errors, asked: answer.asked }, trouble: "" })
  }
  return finish(item, answer)
}

// The same for what the phone has no room to keep; its caller keeps the page open until all of it is there.
export async function sendAtOnce(item, photos, door, { seen }) {
  const answer = await sendItem(item, door, seen)
  if (answer.state !== "stored") return answer
  const { state } = await sendPhotos(item, photos, door)
  return { ...answer, state }
}

async function finish(item, answer) {
  if (answer.state === "trouble" || answer.state === "login") await settle(item, { trouble: answer.state })
  store.tell()
  return answer
}

// What kind of item it is, and about whom, is among its fields.
async function sendItem(item, { user, token }, seen) {
  const body = new FormData()
  for (const [name, value] of item.fields) body.append(name, value)
  const more = { user, household: item.household ?? "", revision: item.revision ?? "" }
  for (const [name, value] of Object.entries(seen ? { ...more, page: 1 } : more)) body.append(name, value)
  return read(await post(SEND, body, token, { signal: seen }))
}

// Photos go one by one, so that a weak network has to begin anew with one alone. A refused one is told, not tried again.
async function sendPhotos(item, photos, { user, token }) {
  const lost = []
  for (const { uuid, blob, subject = "" } of photos) {
    const body = new FormData()
    for (const [name, value] of Object.entries({ user, uuid, item: item.uuid, subject })) body.append(name, value)
    body.append("photo", blob, "foto.jpg")
    const answer = await read(await post(PHOTO, body, token, { patience: PHOTO_PATIENCE_MS }))
    if (answer.state !== "stored" && answer.state !== "rejected") return answer
    if (answer.state === "rejected") lost.push(...answer.reasons)
    await store.dropPhoto(uuid)
  }
  return { state: "stored", lost }
}

// Write what came of an item, unless it was changed meanwhile: then the change has to be sent as well.
async function settle(item, fields) {
  const isSame = (row) => row.edition === item.edition
  await store.change("items", item.uuid, fields, isSame).catch(() => {}) // no room: said again at the next try
}

// Fetch the day's families of who is logged in, where what is kept of them is too old.
export async function keepDay(user, { isStale = false } = {}) {
  const person = (await store.people()).find((row) => row.user === user)
  if (!isStale && person?.day && Math.abs(Date.now() - person.day.at) < DAY_AGE_MS) return
  const day = await json(await ask(DAY))
  if (day?.user !== user) return
  const { key, ...list } = day
  await store.change("people", user, { key, day: { ...list, at: Date.now() } })
  store.tell()
}
