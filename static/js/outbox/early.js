// A form that is sent before its script has begun, or where that cannot be had: the service worker keeps it as the page
// would have, so that it waits in the outbox with its number and photos.
import { entriesIn } from "./form.js"
import { placeAt } from "./places.js"
import { shrink } from "./shrink.js"
import * as store from "./store.js"

// Gives whether it is kept. `writer` is who the server wrote the form for; the family is one of their day.
export async function keepEarly(request) {
  const data = await request.formData()
  const user = Number(data.get("writer"))
  const person = (await store.people()).find((each) => each.user === user)
  const place = placeAt(new URL(request.url).pathname, person)
  const uuid = data.get("uuid") || crypto.randomUUID()
  if (!place?.kind) return false
  await navigator.locks.request(`early-${uuid}`, () => keep(data, { ...place, user, uuid })) // two taps send it twice
  return true
}

async function keep(data, { kind, subject, user, uuid }) {
  const pictures = await picturesIn(data, user)
  data.set("uuid", uuid)
  if (data.has("pictured")) data.set("pictured", pictures.map((photo) => photo.subject).join(","))
  const fields = [...entriesIn(data), ["item_kind", kind]]
  const before = await store.item(uuid)
  if (before && (before.state === "sent" || JSON.stringify(before.fields) === JSON.stringify(fields))) return
  const row = {
    uuid,
    user,
    kind,
    subject,
    household: kind === "session" ? undefined : subject.id,
    fields,
    summary: "",
    happenedAt: data.get("happened_at") ?? undefined,
    writtenAt: before?.writtenAt ?? Date.now(),
    state: "waiting",
    edition: (before?.edition ?? 0) + 1,
    revision: before && crypto.randomUUID(),
  }
  await store.keep(row, [...(await store.photosOf(uuid)), ...pictures])
}

async function picturesIn(data, user) {
  const files = [...data].filter(([, value]) => value instanceof File && value.size)
  const made = files.map(async ([name, file], place) => {
    const subject = name.startsWith("photo_") ? name.slice("photo_".length) : undefined
    const blob = await shrink(file).catch(() => file) // the server says what is wrong with it
    return { uuid: crypto.randomUUID(), user, place: Date.now() + place, blob, subject }
  })
  return Promise.all(made)
}
