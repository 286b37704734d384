// The outbox: what waits on this phone, why, and what was sent in the last days.
import { whileSeen } from "./asking.js"
import { isWritable } from "./forms.js"
import * as store from "./store.js"
import { knock, sendAll } from "./send.js"

const WHEN = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }
const when = (time) => new Date(time).toLocaleString("id", WHEN)

export function showOutbox(root, user, edit) {
  const find = (name) => root.querySelector(`[data-${name}]`)
  let sending = ""

  const draw = async () => {
    const rows = await store.items(user)
    const waiting = rows.filter((item) => item.state !== "sent")
    const sent = rows.filter((item) => item.state === "sent").reverse()
    const cards = await Promise.all(waiting.map((item) => card(find("item-card"), item, sending, edit)))
    find("waiting").replaceChildren(...cards)
    find("sent").replaceChildren(...sent.map((item) => sentLine(find("sent-line"), item)))
    find("count").textContent = waiting.length || ""
    find("waiting-part").hidden = !waiting.length
    find("nothing").hidden = Boolean(waiting.length)
    find("sent-part").hidden = !sent.length
    find("send-all").hidden = !waiting.some((item) => item.state === "waiting")
    if (location.hash === "#disimpan") find("kept").hidden = !waiting.length
  }
  const say = (state) => {
    find("login").hidden = state !== "login"
    find("away").hidden = !["away", "trouble"].includes(state) || !find("kept").hidden
  }

  store.onNews((news) => {
    sending = news.sending ?? ""
    draw()
  })
  find("send-all").addEventListener("click", async ({ currentTarget: button }) => {
    button.disabled = true
    try {
      say(await sendAll())
    } finally {
      button.disabled = false
    }
  })
  const look = async () => {
    await draw()
    say(navigator.onLine ? (await knock({ seen: whileSeen() })).state : "away")
  }
  addEventListener("online", look)
  look()
}

async function card(template, item, sending, edit) {
  const element = template.content.firstElementChild.cloneNode(true)
  const find = (name) => element.querySelector(`[data-${name}]`)
  const isAsked = item.state === "refused" && item.refusal.asked?.length
  const state = item.uuid === sending ? "sending" : isAsked ? "asked" : item.state
  const photos = (await store.photosOf(item.uuid)).length
  find("name").textContent = item.subject.name
  find("place").textContent = item.subject.place
  for (const words of element.querySelectorAll("[data-kind]")) words.hidden = words.dataset.kind !== item.kind
  const said = [when(item.happenedAt || item.writtenAt), item.summary, photos && template.dataset.photos.replace("%", photos)]
  find("facts").textContent = said.filter(Boolean).join(" · ")
  for (const badge of element.querySelectorAll("[data-state]")) badge.hidden = badge.dataset.state !== state
  const reasons = ["refused", "asked"].includes(state) ? item.refusal.reasons : item.trouble === "trouble" ? [template.dataset.trouble] : []
  find("reasons").className = state === "refused" ? "wrong" : "late"
  find("reasons").hidden = !reasons.length
  find("reasons").replaceChildren(...reasons.map(line))
  find("advice").hidden = state !== "refused"
  find("edit").classList.toggle("button--primary", state === "asked")
  find("again").hidden = state !== "refused"
  for (const name of ["edit", "remove", "again"]) find(name).append(hidden(item.subject.name))
  find("edit").hidden = !isWritable(item)
  find("edit").addEventListener("click", () => edit(item))
  find("again").addEventListener("click", () => sendAgain(item))
  find("remove").addEventListener("click", () => {
    if (confirm(template.dataset.removing.replace("%", item.subject.name))) store.remove(item.uuid)
  })
  return element
}

async function sendAgain(item) {
  await store.change("items", item.uuid, { state: "waiting" })
  await sendAll()
}

function sentLine(template, item) {
  const element = template.content.firstElementChild.cloneNode(true)
  const link = element.querySelector("a")
  link.textContent = item.subject.name
  if (item.url) link.href = item.url
  const said = [item.summary, ...(item.lost ?? [])].filter(Boolean).join(" · ")
  element.querySelector("[data-facts]").textContent = said
  element.querySelector("[data-when]").textContent = when(item.sentAt)
  return element
}

function line(words) {
  const item = document.createElement("li")
  item.textContent = words
  return item
}

function hidden(name) {
  const words = document.createElement("span")
  words.className = "visually-hidden"
  words.textContent = ` ${name}`
  return words
}
