// What the phone keeps, in IndexedDB. Every row belongs to a user, and is read by that user's number alone.
// An item is what was written here, of a kind (places.js): waiting, refused or sent; it stays until the server has it.
import { modern } from "./older.js"

const STORES = ["people", "items", "photos", "drafts"]
const KEEP_MS = 7 * 86_400_000
let opened

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("ejsika", 1)
    asked.onupgradeneeded = () => {
      const db = asked.result
      db.createObjectStore("people", { keyPath: "user" })
      db.createObjectStore("items", { keyPath: "uuid" }).createIndex("user", "user")
      db.createObjectStore("drafts", { keyPath: "key" }).createIndex("user", "user")
      const photos = db.createObjectStore("photos", { keyPath: "uuid" })
      photos.createIndex("user", "user")
      photos.createIndex("item", "item")
    }
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close()
      asked.result.onclose = () => (opened = undefined) // by the browser
      resolve(asked.result)
    }
    asked.onerror = () => reject(asked.error)
  })
  opened.catch(() => (opened = undefined))
  return opened
}

// Do something with stores in one transaction; gives the last request's result once it is on the disk.
async function act(names, work, mode = "readwrite") {
  const db = await open()
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(names, mode, { durability: "strict" })
    const request = work(...names.map((name) => transaction.objectStore(name)))
    transaction.oncomplete = () => resolve(request?.result)
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
}

// Delete the rows that an index holds under a key, within a transaction.
function clear(index, key, isMeant = () => true) {
  index.openCursor(IDBKeyRange.only(key)).onsuccess = ({ target: { result: cursor } }) => {
    if (cursor && isMeant(cursor.value)) cursor.delete()
    cursor?.continue()
  }
}

const read = (name, work) => act([name], work, "readonly")
const news = new BroadcastChannel("ejsika")

export function tell(message = {}) {
  news.postMessage(message)
  dispatchEvent(new CustomEvent("outbox", { detail: message }))
}

export function onNews(listen) {
  news.addEventListener("message", ({ data }) => listen(data))
  addEventListener("outbox", ({ detail }) => listen(detail))
}

// People -----------------------------------------------------------------------------------------------------------

export const people = () => read("people", (store) => store.getAll())
export const current = async () => (await people()).find((person) => person.isCurrent)

// Whoever is logged in now: without network the pages are theirs.
export async function welcome(user) {
  for (const person of await people()) {
    if (person.isCurrent !== (person.user === user)) await change("people", person.user, { isCurrent: person.user === user })
  }
  const isKnown = await read("people", (store) => store.get(user))
  if (!isKnown) await act(["people"], (store) => store.put({ user, isCurrent: true }))
}

// Change some fields of a row that is there still, and is as one expects it.
export async function change(name, key, fields, isExpected = () => true) {
  await act([name], (store) => {
    const asked = store.get(key)
    asked.onsuccess = ({ target: { result: row } }) => row && isExpected(row) && store.put({ ...row, ...fields })
    return asked
  })
}

// Forget somebody on this phone: everything, or only what is not written by them.
export async function forget(user, { unsentToo }) {
  const names = unsentToo ? STORES : ["people"]
  await act(names, (persons, ...others) => {
    for (const store of others) clear(store.index("user"), user)
    return persons.delete(user)
  })
  tell()
}

// Days' lists, drafts and what is said of sent items go after a week; what is unsent never does.
export async function forgetOld(now = Date.now()) {
  const isOld = (time) => now - time > KEEP_MS
  const isFar = (time) => isOld(Math.min(time, 2 * now - time)) // to come, too: a clock was wrong
  for (const { user, day } of await people()) if (day && isFar(day.at)) await change("people", user, { day: undefined })
  for (const { key, at } of await read("drafts", (store) => store.getAll())) if (isOld(at)) await dropDraft(key)
  const rows = await read("items", (store) => store.getAll())
  const old = rows.filter((item) => item.state === "sent" && isOld(item.sentAt))
  if (old.length) await act(["items"], (store) => old.map((item) => store.delete(item.uuid)).at(-1))
}

// Items ------------------------------------------------------------------------------------------------------------

const byAge = (rows) => rows.sort((a, b) => a.writtenAt - b.writtenAt)
const ofUser = (name, user) => read(name, (store) => store.index("user").getAll(user))

export const items = async (user) => byAge((await ofUser("items", user)).map(modern))
export const item = async (uuid) => modern(await read("items", (store) => store.get(uuid)))
export const unsent = async (user) => (await items(user)).filter((item) => item.state !== "sent")

// Keep an item with its photos, and let go of the draft that it came from, in one.
export async function keep(row, pictures = [], draft = "") {
  await act(["items", "photos", "drafts"], (rows, photos, drafts) => {
    const kept = new Set(pictures.map((photo) => photo.uuid))
    clear(photos.index("item"), row.uuid, (photo) => !kept.has(photo.uuid))
    for (const photo of pictures) photos.put({ ...photo, item: row.uuid, user: row.user })
    if (draft) drafts.delete(draft)
    return rows.put(row)
  })
  tell()
}

export async function remove(uuid) {
  await act(["items", "photos"], (rows, photos) => {
    clear(photos.index("item"), uuid)
    return rows.delete(uuid)
  })
  tell()
}

export const dropPhoto = (uuid) => act(["photos"], (store) => store.delete(uuid))
export const keepPhoto = (photo) => act(["photos"], (store) => store.put(photo))
export const photosOf = async (item) =>
  (await read("photos", (store) => store.index("item").getAll(item))).sort((a, b) => a.place - b.place)

// Drafts -----------------------------------------------------------------------------------------------------------

export const draft = (key) => read("drafts", (store) => store.get(key))
export const keepDraft = (row) => act(["drafts"], (store) => store.put(row))
export const dropDraft = (key) =>
  act(["drafts", "photos"], (drafts, photos) => {
    clear(photos.index("item"), key)
    return drafts.delete(key)
  })
