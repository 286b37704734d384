// On every page of an assistant: how much waits on this phone, sent whenever there is a chance.
import * as store from "./store.js"
import { forgetDisabled, keepDay, sendAll } from "./send.js"

const SOON_MS = 5_000 // a network that hung, or a server that was away, is back without a word
const AGAIN_MS = 60_000
let pause = AGAIN_MS
const badges = document.querySelectorAll("[data-sync]")

// `user` as the server says it; without the server it is who was logged in last.
export async function begin(user) {
  if (user) await store.welcome(user)
  await store.forgetOld()
  navigator.storage?.persist?.() // else a full phone may clear all of it
  const person = await store.current()
  await draw(person?.user)
  store.onNews((news) => draw(person?.user, news))
  addEventListener("online", tryAgain)
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tryAgain())
  for (const form of document.querySelectorAll("form[action$='/logout/']")) askBeforeLeaving(form, person?.user)
  await tryAgain()
  keepTrying()
  if (user && !sessionStorage.getItem("others-asked")) {
    await forgetDisabled(user)
    sessionStorage.setItem("others-asked", "1")
  }
  return person
}

export async function tryAgain() {
  const person = await store.current()
  if (!person || !navigator.onLine) return
  const waits = (await store.unsent(person.user)).some((item) => item.state === "waiting")
  const outcome = waits ? await sendAll() : await keepDay(person.user)
  const isAway = ["away", "trouble"].includes(outcome)
  pause = !isAway ? AGAIN_MS : pause === AGAIN_MS ? SOON_MS : Math.min(2 * pause, AGAIN_MS / 2)
}

function keepTrying() {
  const again = () => (document.visibilityState === "visible" ? tryAgain() : undefined)
  setTimeout(() => Promise.resolve(again()).catch(() => {}).then(keepTrying), pause)
}

// Let the browser send when the network is back, the page closed or not, where it can.
export async function sendLater() {
  const registration = await navigator.serviceWorker?.getRegistration()
  await registration?.sync?.register("outbox").catch(() => {})
}

async function draw(user, news = {}) {
  const count = user ? (await store.unsent(user)).length : 0
  for (const badge of badges) {
    const { all, some, sending } = badge.dataset
    const isSending = Boolean(news.sending && count)
    badge.querySelector("[data-sync-text]").textContent = isSending ? sending : count ? some.replace("%", count) : all
    badge.classList.toggle("is-unsent", Boolean(count))
    badge.classList.add("is-known")
  }
}

function askBeforeLeaving(form, user) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const count = (await store.unsent(user)).length
    if (count && !confirm(badges[0].dataset.leaving.replace("%", count))) return
    await store.forget(user, { unsentToo: false })
    form.submit()
  })
}
