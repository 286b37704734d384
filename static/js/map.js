// The map of families: asks the server for the cells or families of the viewport whenever that has changed.
import { areaCard, cellMark, familyCard, familyMark, placeMark } from "./map_marks.js"

const CLOSEST = 18
const PATIENCE_MS = 20000

for (const drawer of document.querySelectorAll("[data-open-on-wide]")) {
  if (matchMedia("(min-width: 800px)").matches) drawer.open = true
}
for (const element of document.querySelectorAll("[data-map]")) start(element)

function start(element) {
  const { south, west, north, east, tiles, attribution } = element.dataset
  const byName = element.hasAttribute("data-by-name")
  const map = L.map(element.querySelector("[data-map-canvas]"), {
    minZoom: 7,
    maxZoom: CLOSEST,
    attributionControl: Boolean(tiles),
    zoomControl: false,
    zoomSnap: tiles ? 1 : 0.5,
  })
  L.control.zoom({ zoomInTitle: "Perbesar", zoomOutTitle: "Perkecil" }).addTo(map)
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map)
  map.createPane("names")
  map.getPane("names").style.zIndex = 640 // above the marks, below a popup
  if (tiles) L.tileLayer(tiles, { attribution, maxZoom: CLOSEST }).addTo(map)

  const families = L.layerGroup().addTo(map)
  const names = L.layerGroup().addTo(map)
  const state = stateOf(element)
  let areas = []
  const show = latest(async (signal) => {
    state.say("Memuat…")
    const answer = await ask(`${element.dataset.cells}&${viewport(map)}`, signal)
    fill(families, answer, map)
    areas = answer.cells || []
    const count = (answer.cells || answer.families).length
    state.say(count ? "" : "Tidak ada keluarga berkoordinat di bagian peta ini.")
  }, state.fail)
  const label = latest(async (signal) => {
    // where regions are counted, each mark bears its own region's name
    const { places, level } = byName ? await ask(`${element.dataset.places}?${viewport(map)}`, signal) : { places: areas }
    names.clearLayers()
    for (const place of apart(places, families.getLayers(), map)) placeMark(place, level).addTo(names)
  }, () => {})
  let movesForPopup = false // making room for a popup must not redraw the mark that it belongs to
  const refresh = async () => {
    if (movesForPopup) return (movesForPopup = false)
    await show()
    if (!tiles || !byName) label()
  }
  state.onRetry(refresh)
  map.on("autopanstart", () => (movesForPopup = true))
  map.on("moveend", refresh)
  map.on("popupopen", ({ popup }) => {
    popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", "Tutup")
  })
  map.fitBounds([[Number(south), Number(west)], [Number(north), Number(east)]], { maxZoom: 16, animate: false })
}

function fill(layer, { cells = [], families = [] }, map) {
  if (map.getPane("markerPane").contains(document.activeElement)) map.getContainer().focus({ preventScroll: true })
  layer.clearLayers()
  const most = Math.max(...cells.map(({ n }) => n))
  for (const cell of cells) {
    const mark = cellMark(cell, most).addTo(layer)
    if (cell.name) mark.bindPopup(() => areaCard(cell))
    else mark.on("click keypress", ({ type, originalEvent }) => {
      if (type === "keypress" && originalEvent.key !== "Enter") return
      map.setView(mark.getLatLng(), Math.min(map.getZoom() + 2, CLOSEST))
    })
  }
  for (const family of families) {
    familyMark(family).addTo(layer).bindPopup(() => familyCard(family), { maxWidth: 250, minWidth: 200 })
  }
}

// Finds room for the names: at their place, a little below or above it, or not at all.
function apart(places, marks, map) {
  const { x: width } = map.getSize()
  const taken = marks.map((mark) => {
    const [size] = mark.options.icon.options.iconSize
    return { ...map.latLngToContainerPoint(mark.getLatLng()), half: size / 2, height: size }
  })
  return places.flatMap((place) => {
    const { x, y } = map.latLngToContainerPoint([place.lat, place.lon])
    const half = place.name.length * 4
    const free = (dy) => taken.every((other) => {
      return Math.abs(other.x - x) > other.half + half || Math.abs(other.y - y - dy) > other.height / 2 + 9
    })
    const dy = [0, 24, -24, 34, -34].find(free)
    if (dy === undefined || x < half || x > width - half) return []
    taken.push({ x, y: y + dy, half, height: 18 })
    return [{ ...place, dy }]
  })
}

function viewport(map) {
  const box = map.getBounds()
  const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((side) => side.toFixed(6))
  return new URLSearchParams({ bbox: sides.join(","), zoom: Math.floor(map.getZoom()) })
}

async function ask(url, signal) {
  const response = await fetch(url, { signal, headers: { Accept: "application/json" } })
  if (response.redirected) return location.reload() // logged out meanwhile: the log-in page is the answer
  const answer = await response.json()
  if (!response.ok) throw Object.assign(new Error("refused"), { words: answer.error })
  return answer
}

// Runs `work` with a signal that ends when it is called again or takes too long; the last call alone is shown.
function latest(work, failed) {
  let current = null
  return async () => {
    current?.abort()
    const mine = (current = new AbortController())
    const timer = setTimeout(() => mine.abort("slow"), PATIENCE_MS)
    try {
      await work(mine.signal)
    } catch (error) {
      if (current === mine) failed(error)
    } finally {
      clearTimeout(timer)
    }
  }
}

function stateOf(element) {
  const words = element.querySelector("[data-map-words]")
  const retry = element.querySelector("[data-map-retry]")
  const say = (text, failed = false) => {
    words.textContent = text
    retry.hidden = !failed
  }
  return {
    say: (text) => say(text),
    fail: ({ words }) => say(words || "Peta tidak dapat dimuat. Periksa sambungan internet, lalu coba lagi.", true),
    onRetry: (again) => retry.addEventListener("click", again),
  }
}
