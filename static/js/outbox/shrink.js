// Makes a photo small, in a page and in the service worker.

const LONGEST = 1280
const AIM_BYTES = 200_000
const QUALITIES = [0.8, 0.65, 0.5, 0.35]

// A JPEG of at most 200 kB, turned as it was held; place and time in the file are left behind.
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" })
  let scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  for (;;) {
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale))
    const context = canvas.getContext("2d")
    context.fillStyle = "white" // under what is transparent
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.drawImage(picture, 0, 0, canvas.width, canvas.height)
    for (const quality of QUALITIES) {
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality })
      if (blob.size > AIM_BYTES) continue
      picture.close()
      return blob
    }
    scale *= 0.7
  }
}
