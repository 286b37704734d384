// Families of each group by their distance from here, once the phone knows where it is. Its position stays on it.
import { distance } from "./position.js"

const button = document.querySelector("[data-nearest]")
const told = document.querySelector("[data-nearest-told]")

if (button && navigator.geolocation) {
  button.hidden = false
  button.addEventListener("click", locate)
  // Who has allowed it once is not asked again.
  navigator.permissions?.query({ name: "geolocation" }).then(({ state }) => state === "granted" && locate(), () => {})
}

function locate() {
  told.textContent = button.dataset.searching
  const wanted = { enableHighAccuracy: true, maximumAge: 60_000, timeout: 20_000 }
  navigator.geolocation.getCurrentPosition(({ coords }) => sort(coords).catch(fail), fail, wanted)
}

function fail() {
  told.textContent = button.dataset.failed
}

async function sort(here) {
  const response = await fetch(button.dataset.url)
  if (!response.ok) return fail()
  const page = new DOMParser().parseFromString(await response.text(), "text/html")
  const groups = [...page.querySelectorAll("[data-group]")]
  if (!groups.length) return fail()
  for (const group of groups) {
    const cards = [...group.querySelectorAll("li[data-task]")].map((card) => [away(card, here), card])
    cards.sort(([one], [two]) => one - two)
    for (const [metres, card] of cards) if (Number.isFinite(metres)) tell(card, metres)
    group.querySelector(".cards").replaceChildren(...cards.map(([, card]) => card))
  }
  document.querySelector("[data-groups]").replaceChildren(...groups)
  document.querySelector("[data-pages]").hidden = true
  told.textContent = button.dataset.done
  if (document.activeElement === button) told.focus() // or whoever came by keyboard would start anew
  button.hidden = true
}

// Without a point a family comes last: nobody knows how far it is.
function away(card, here) {
  return card.dataset.latitude ? distance(here, +card.dataset.latitude, +card.dataset.longitude) : Infinity
}

function tell(card, metres) {
  const km = (metres / 1000).toLocaleString("id", { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  card.querySelector("[data-place]").append(` · ${km} km`)
}
