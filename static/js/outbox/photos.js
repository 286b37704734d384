// The photos of a form: made small before they are kept, and kept at once, since a phone's camera may close this page.
import { shrink } from "./shrink.js"
import * as store from "./store.js"

// The photos of the form's item and of its `draft` lie there already. Gives a function that tells all of them, once those
// are small that were chosen just before, and what is wrong with one of those (`trouble`), which nobody has read yet.
export async function takePhotos(form, { user, draft }) {
  const root = form.querySelector("[data-photos]")
  const input = root.querySelector("input")
  const find = (name) => root.querySelector(`[data-${name}]`)
  const most = Number(root.dataset.most)
  const removed = new Set()
  const unkept = [] // for which this phone has no room: they stay as long as this page

  const all = async () => {
    const kept = [...(await store.photosOf(form.elements.uuid.value)), ...(await store.photosOf(draft))]
    return [...kept, ...unkept].filter(({ uuid }) => !removed.has(uuid))
  }
  const say = (words) => {
    find("photo-trouble").textContent = words
    find("photo-trouble").hidden = !words
  }
  const draw = async () => {
    const photos = await all()
    find("photo-count").textContent = root.dataset.count.replace("%", photos.length)
    input.disabled = photos.length >= most
    root.classList.toggle("is-full", input.disabled)
    find("photo-list").replaceChildren(...photos.map((photo, place) => picture(photo, place + 1)))
  }
  const picture = (photo, number) => {
    const element = find("photo-card").content.firstElementChild.cloneNode(true)
    const image = element.querySelector("img")
    image.src = URL.createObjectURL(photo.blob)
    image.addEventListener("load", () => URL.revokeObjectURL(image.src))
    image.alt = root.dataset.alt.replace("%", number)
    element.querySelector("[data-number]").textContent = number
    element.querySelector("button").addEventListener("click", async () => {
      removed.add(photo.uuid)
      if (photo.item === draft) await store.dropPhoto(photo.uuid)
      await draw()
      input.focus()
    })
    return element
  }

  let busy = Promise.resolve()
  let working = 0
  const takeIn = () => {
    working += 1
    busy = busy.then(take).finally(() => (working -= 1))
  }
  input.addEventListener("change", takeIn)
  form.addEventListener("emptied", draw)

  async function take() {
    const files = [...input.files]
    input.value = "" // else the browser would send them once more, at full size
    say(root.dataset.working)
    let words = ""
    let place = Date.now()
    for (const file of files) {
      if ((await all()).length >= most) words = root.dataset.tooMany
      else words = (await keep(file, place++)) || words
    }
    say(words)
    await draw()
    return words
  }

  async function keep(file, place) {
    let photo
    try {
      photo = { uuid: crypto.randomUUID(), item: draft, user, place, blob: await shrink(file) }
    } catch {
      return root.dataset.unreadable
    }
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
  if (input.files.length) takeIn() // before this script began
  return async () => {
    const isUnread = working > 0
    const trouble = await busy
    return { photos: await all(), trouble: isUnread && trouble }
  }
}
