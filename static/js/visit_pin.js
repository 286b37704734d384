// A place marked by hand: a map that is moved under a cross, so that finger and keyboard can do it alike. Map code is
// fetched when it is opened; without network it stays closed.
const LABELS_ZOOM = 13
const BANTEN = { latitude: -6.4, longitude: 106.1 }

export function offerPin(form) {
  const part = form.querySelector("[data-pin]")
  if (!part) return
  part.hidden = false
  part.addEventListener("toggle", () => start(part, form), { once: true })
}

async function start(part, form) {
  const status = part.querySelector("[data-pin-status]")
  const button = part.querySelector("[data-pin-use]")
  button.disabled = true
  try {
    await Promise.all([
      load("link", { rel: "stylesheet", href: part.dataset.style }),
      load("script", { src: part.dataset.script }),
    ])
  } catch {
    status.textContent = part.dataset.away
    return
  }
  const map = draw(part)
  button.disabled = false
  button.addEventListener("click", () => {
    const { lat, lng } = map.getCenter()
    form.dispatchEvent(new CustomEvent("pinned", { detail: { latitude: lat, longitude: lng } }))
    status.textContent = part.dataset.pinned
  })
}

function draw(part) {
  const { dataset } = part
  const { latitude, longitude } = dataset.latitude ? dataset : BANTEN
  const map = L.map(part.querySelector("[data-pin-map]"), { attributionControl: false, zoomAnimation: false, maxZoom: 18 })
  map.setView([latitude, longitude], dataset.home === undefined ? LABELS_ZOOM : LABELS_ZOOM + 2)
  L.control.scale({ imperial: false }).addTo(map)
  if (dataset.home !== undefined) L.circleMarker([latitude, longitude], { radius: 8, className: "pin__home" }).addTo(map)
  const labels = L.layerGroup().addTo(map)
  const name = async () => {
    const answer = await fetch(`${dataset.places}?bbox=${map.getBounds().toBBoxString()}&zoom=${LABELS_ZOOM}`)
    if (!answer.ok) return
    labels.clearLayers()
    for (const { name, lat, lon } of (await answer.json()).places) {
      const words = document.createElement("span")
      words.textContent = name
      L.circleMarker([lat, lon], { radius: 4, className: "pin__place", interactive: false })
        .bindTooltip(words, { permanent: true, direction: "right" })
        .addTo(labels)
    }
  }
  map.on("moveend", () => name().catch(() => {}))
  name().catch(() => {})
  return map
}

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes)
    element.onload = resolve
    element.onerror = reject
    document.head.append(element)
  })
}
