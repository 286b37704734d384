// The first point of a family's house, taken where one stands. Without network there is no map to check it by, so a rough
// one is not taken.

const ROUGH_M = 100 // as assistance_logs.models.ACCURATE_M
const WANTED = { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 }

export function offerPoint(form, { has_point: hasPoint }) {
  const part = form.querySelector("[data-point]")
  if (hasPoint !== false || !navigator.geolocation) return
  const status = part.querySelector("[data-point-status]")
  const { latitude, longitude, accuracy, base } = form.elements
  const say = (words, metres) => {
    status.textContent = words.replace("%", Math.round(metres).toLocaleString("id"))
  }
  part.hidden = false
  form.querySelector("[data-point-later]").hidden = true
  if (latitude.value) say(status.dataset.found, +accuracy.value)
  part.querySelector("button").addEventListener("click", () => {
    say(status.dataset.searching)
    navigator.geolocation.getCurrentPosition(take, () => say(status.dataset.failed), WANTED)
  })

  function take({ coords }) {
    if (coords.accuracy > ROUGH_M) return say(status.dataset.rough, coords.accuracy)
    latitude.value = coords.latitude.toFixed(6)
    longitude.value = coords.longitude.toFixed(6)
    accuracy.value = Math.round(coords.accuracy)
    base.value = JSON.stringify({ ...JSON.parse(base.value), point: null }) // it had none: who finds one now is asked
    return say(status.dataset.found, coords.accuracy)
  }
}
