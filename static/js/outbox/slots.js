// Photos by what they show, one each: made small before they are kept, and kept at once under the draft.
import { shrink } from "./shrink.js"
import * as store from "./store.js"

// The photos of the form's item and of its `draft` lie there already. Gives a function that tells all of them, once those
// are small that were chosen just before, and what is wrong with one of those (`trouble`), which nobody has read yet.
export async function takeSlots(form, { user, draft }) {
  const root = form.querySelector("[data-slots]")
  const trouble = root.querySelector("[data-slot-trouble]")
  const removed = new Set()
  const unkept = [] // for which this phone has no room: they stay as long as this page

  // The newest of each subject: what is edited may have one in the item and another in the draft.
  const all = async () => {
    const found = [...(await store.photosOf(form.elements.uuid.value)), ...(await store.photosOf(draft)), ...unkept]
    const kept = found.filter(({ uuid }) => !removed.has(uuid))
    return [...new Map(kept.map((photo) => [photo.subject, photo])).values()]
  }
  const say = (words) => {
    trouble.textContent = words
    trouble.hidden = !words
  }
  const draw = async () => {
    const photos = await all()
    form.elements.pictured.value = photos.map(({ subject }) => subject).join(",")
    for (const slot of root.querySelectorAll("[data-slot]")) show(slot, photos.find(({ subject }) => subject === slot.dataset.slot))
  }

  let busy = Promise.resolve()
  let working = 0
  for (const slot of root.querySelectorAll("[data-slot]")) {
    const input = slot.querySelector("input")
    const take = () => {
      working += 1
      busy = busy.then(() => takeIn(input, slot.dataset.slot)).finally(() => (working -= 1))
    }
    input.addEventListener("change", take)
    if (input.files.length) take() // before this script began
    slot.querySelector("[data-slot-drop]").addEventListener("click", async () => {
      for (const photo of (await all()).filter(({ subject }) => subject === slot.dataset.slot)) await drop(photo)
      await draw()
      input.focus()
    })
  }
  form.addEventListener("emptied", draw)

  async function takeIn(input, subject) {
    const [file] = input.files
    input.value = "" // else the browser would send it once more, at full size
    if (!file) return ""
    say(root.dataset.working)
    const words = await keep(file, subject)
    say(words)
    await draw()
    return words
  }

  async function drop({ uuid, item: holder }) {
    removed.add(uuid)
    if (holder === draft) await store.dropPhoto(uuid)
  }

  async function keep(file, subject) {
    let photo
    try {
      photo = { uuid: crypto.randomUUID(), item: draft, user, place: Date.now(), blob: await shrink(file), subject }
    } catch {
      return root.dataset.unreadable
    }
    for (const older of (await all()).filter((each) => each.subject === subject)) await drop(older)
    try {
      await store.keepPhoto(photo)
      return ""
    } catch {
      unkept.push(photo)
      return root.dataset.unkept
    }
  }

  root.classList.add("is-ready")
  await draw()
  return async () => {
    const isUnread = working > 0
    const trouble = await busy
    return { photos: await all(), trouble: isUnread && trouble }
  }
}

function show(slot, photo) {
  const place = slot.querySelector("[data-slot-photo]")
  place.hidden = slot.querySelector("[data-slot-drop]").hidden = !photo
  slot.querySelector("[data-standing]")?.toggleAttribute("hidden", Boolean(photo))
  if (place.dataset.shown === photo?.uuid) return
  place.dataset.shown = photo?.uuid ?? ""
  place.replaceChildren(...(photo ? [picture(photo, place.dataset.alt)] : []))
}

function picture({ blob }, alt) {
  const image = new Image(160, 120)
  image.alt = alt
  image.src = URL.createObjectURL(blob)
  image.addEventListener("load", () => URL.revokeObjectURL(image.src))
  return image
}
