// Where the visit takes place: asked of the phone in the background, written into the form's hidden fields.
// Without leave, without a receiver or without this module the visit is stored without a place.

const GOOD_ENOUGH_M = 10
const ROUGH_M = 100 // as assistance_logs.models.ACCURATE_M
const GIVE_UP_MS = 60_000
const STILL_THERE_MS = 30 * 60_000 // a visit written down later than this was somewhere else
const EARTH_RADIUS_M = 6_371_008.8

export function follow(line, fields) {
  const { latitude, longitude, accuracy, position_source: source, happened_at: happenedAt } = fields
  const isPinned = Boolean(source.value === "pin" && latitude.value)
  let pinned = isPinned ? { latitude: +latitude.value, longitude: +longitude.value } : null
  let best = latitude.value && !isPinned ? { latitude: +latitude.value, longitude: +longitude.value, accuracy: +accuracy.value } : null
  let trouble = ""

  const show = () => {
    const wroteLater = Date.now() - new Date(happenedAt.value) > STILL_THERE_MS
    const used = pinned ?? (wroteLater ? null : best)
    latitude.value = used ? used.latitude.toFixed(6) : ""
    longitude.value = used ? used.longitude.toFixed(6) : ""
    accuracy.value = used && !pinned ? Math.round(used.accuracy) : ""
    source.value = pinned ? "pin" : used ? "gps" : ""
    line.querySelector("[data-position-text]").textContent = used
      ? words(used, line.dataset)
      : wroteLater
        ? line.dataset.later
        : trouble || line.dataset.searching
    line.querySelector("[data-position-distance]").textContent = used ? fromHome(used, line.dataset) : ""
    line.classList.toggle("is-found", Boolean(used))
    line.classList.toggle("is-rough", Boolean(used?.accuracy > ROUGH_M))
  }

  line.hidden = false
  latitude.form.addEventListener("pinned", ({ detail }) => {
    pinned = detail
    show()
  })
  happenedAt.addEventListener("input", show)
  if (navigator.geolocation) {
    const stop = () => navigator.geolocation.clearWatch(watch)
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        if (!best || coords.accuracy <= best.accuracy) best = coords
        if (best.accuracy <= GOOD_ENOUGH_M) stop()
        show()
      },
      (error) => {
        trouble = error.code === error.PERMISSION_DENIED ? line.dataset.denied : line.dataset.failed
        show()
      },
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: GIVE_UP_MS },
    )
    setTimeout(stop, GIVE_UP_MS)
  } else {
    trouble = line.dataset.failed
  }
  show()
}

function words({ accuracy }, { found, rough, byHand }) {
  if (accuracy === undefined) return byHand
  return (accuracy > ROUGH_M ? rough : found).replace("%", format(accuracy))
}

function fromHome(point, { homeLatitude, homeLongitude, home }) {
  return homeLatitude ? home.replace("%", format(distance(point, +homeLatitude, +homeLongitude))) : ""
}

export function distance(point, latitude, longitude) {
  const radians = (degrees) => (degrees * Math.PI) / 180
  const a = radians(point.latitude)
  const b = radians(latitude)
  const h = Math.sin((b - a) / 2) ** 2
  const w = Math.sin(radians(longitude - point.longitude) / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(h + Math.cos(a) * Math.cos(b) * w))
}

function format(metres) {
  if (metres >= 1000) return `${(metres / 1000).toLocaleString("id", { maximumFractionDigits: 1 })} km`
  return `${Math.round(metres).toLocaleString("id")} m`
}
