// The photos of a form: made small before they are kept, and kept at once, since a phone's camera may close this page.
import * as store from "./store.js"

const LONGEST = 1280
const AIM_BYTES = 200_000
const QUALITIES = [0.8, 0.65, 0.5, 0.35]

// The photos of the form's item and of its `draft` lie there already. Gives a function that tells all of them.
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

  input.addEventListener("change", async () => {
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
  })
  form.addEventListener("emptied", draw)

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
  return all
}

// A JPEG of at most 200 kB, turned as it was held; place and time in the file are left behind.
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" })
  let scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  for (;;) {
    const canvas = document.createElement("canvas")
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    const context = canvas.getContext("2d")
    context.fillStyle = "white" // under what is transparent
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.drawImage(picture, 0, 0, canvas.width, canvas.height)
    for (const quality of QUALITIES) {
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality))
      if (blob.size <= AIM_BYTES) return blob
    }
    scale *= 0.7
  }
}
