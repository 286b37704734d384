// Marks a family's home on a map and writes it into the form's two fields; those work alone as well.
// The desas' names are drawn by us, so the map needs no tile server.

const DIGITS = 6
const NAMES_ZOOM = 14 // with no tiles a closer view would be empty
const STREETS_ZOOM = 17

for (const element of document.querySelectorAll("[data-picker]")) pick(element, element.closest("form").elements)

function pick(element, { latitude, longitude, accuracy }) {
  element.hidden = false
  const places = JSON.parse(document.getElementById("picker-places").textContent)
  const status = element.querySelector("[data-picker-status]")
  const map = drawMap(element.querySelector("[data-picker-map]"), places)
  const home = L.circleMarker([0, 0], { radius: 9, weight: 3, fillOpacity: 1, className: "picker__home", interactive: false })

  const show = () => {
    const point = [read(latitude.value), read(longitude.value)]
    if (point.some(Number.isNaN)) return home.remove()
    home.setLatLng(point).addTo(map)
  }
  const write = (point, metres = "") => {
    latitude.value = point.lat.toFixed(DIGITS).replace(".", ",")
    longitude.value = point.lng.toFixed(DIGITS).replace(".", ",")
    accuracy.value = metres
    show()
  }

  show()
  begin(map, home, places)
  map.on("click", ({ latlng }) => {
    write(latlng)
    status.textContent = status.dataset.picked
  })
  for (const field of [latitude, longitude]) {
    field.addEventListener("input", () => {
      accuracy.value = "" // written by hand: no longer what the receiver said
      show()
    })
    field.addEventListener("change", () => map.hasLayer(home) && map.panTo(home.getLatLng()))
  }
  offerPosition(element.querySelector("[data-picker-locate]"), status, (coords) => {
    const point = L.latLng(coords.latitude, coords.longitude)
    write(point, Math.round(coords.accuracy))
    map.setView(point, closest(places))
  })
}

function drawMap(element, { desas, own, tiles, attribution }) {
  const map = L.map(element, { maxZoom: 19, attributionControl: Boolean(tiles), zoomAnimation: false })
  if (tiles) L.tileLayer(tiles, { attribution, maxZoom: 19 }).addTo(map)
  L.control.scale({ imperial: false }).addTo(map)
  for (const { name, at } of desas) {
    const label = document.createElement("span")
    label.textContent = name
    L.circleMarker(at, { radius: 5, weight: 2, fillOpacity: 1, className: "picker__place", interactive: false })
      .bindTooltip(label, { permanent: true, direction: "right", className: name === own ? "is-own" : "" })
      .addTo(map)
  }
  return map
}

function begin(map, home, { desas, own, tiles }) {
  if (map.hasLayer(home)) return map.setView(home.getLatLng(), closest({ tiles }))
  const desa = desas.find(({ name }) => name === own)
  if (desa) return map.setView(desa.at, NAMES_ZOOM)
  if (desas.length) return map.fitBounds(desas.map(({ at }) => at))
  map.setView([-6.4, 106.1], 9)
}

function closest({ tiles }) {
  return tiles ? STREETS_ZOOM : NAMES_ZOOM
}

function offerPosition(button, status, use) {
  if (!navigator.geolocation) return
  button.hidden = false
  button.addEventListener("click", () => {
    status.textContent = status.dataset.searching
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        use(coords)
        status.textContent = status.dataset.found.replace("%", Math.round(coords.accuracy).toLocaleString("id"))
      },
      () => (status.textContent = status.dataset.failed),
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 10_000 },
    )
  })
}

function read(text) {
  const trimmed = text.trim().replace("−", "-").replace(",", ".")
  return /^-?\d{1,3}(\.\d+)?$/.test(trimmed) ? Number(trimmed) : NaN
}
