// The page that stands in for any other while the network is away: by its address today's list, a form or the outbox,
// drawn from what the phone keeps of who was logged in last; else a word.
import { beginWriting } from "./outbox/forms.js"
import { showGroups } from "./outbox/groups.js"
import { showOutbox } from "./outbox/list.js"
import { placeAt } from "./outbox/places.js"
import * as store from "./outbox/store.js"
import { begin } from "./outbox/sync.js"
import { showTasks } from "./outbox/tasks.js"

const show = (name) => {
  const title = part(name).dataset.name
  for (const each of document.querySelectorAll("[data-part]")) each.hidden = each !== part(name)
  for (const element of document.querySelectorAll("[data-title]")) element.textContent = title
  document.querySelector("[data-back]").hidden = name === "tasks"
  for (const place of document.querySelectorAll(".place")) {
    if (place.dataset.shows === name) place.setAttribute("aria-current", "page")
    else place.removeAttribute("aria-current")
  }
  document.title = `${title} · e-JSiKa`
}
const part = (name) => document.querySelector(`[data-part="${name}"]`)

await store.forgetOld()
const person = await store.current()
document.querySelector("[data-frame]").hidden = !person
const place = placeAt(location.pathname, person)
if (place) await draw(person, place)
begin()
addEventListener("online", () => document.querySelector("[data-online]").removeAttribute("hidden"))

async function draw(person, { part: name, kind, subject }) {
  show(name)
  if (kind) return beginWriting(kind, part(name), { user: person.user, subject })
  if (name === "tasks") return showTasks(part(name), person, await store.unsent(person.user))
  if (name === "groups") return showGroups(part(name), person, await store.unsent(person.user))
  return showOutbox(part(name), person.user, (item) => {
    show(item.kind)
    beginWriting(item.kind, part(item.kind), item, item)
  })
}
