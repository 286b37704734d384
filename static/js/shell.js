// The page that stands in for any other while the network is away: by its address today's list, a form or the outbox,
// drawn from what the phone keeps of who was logged in last; else a word.
import { beginWriting } from "./outbox/page.js"
import { showOutbox } from "./outbox/list.js"
import * as store from "./outbox/store.js"
import { begin } from "./outbox/sync.js"
import { showTasks } from "./outbox/tasks.js"

const show = (name, title) => {
  for (const part of document.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== name
  for (const element of document.querySelectorAll("[data-title]")) element.textContent = title
  document.querySelector("[data-back]").hidden = name === "tasks"
  for (const place of document.querySelectorAll(".place")) {
    if (place.href.endsWith(`/${name}/`)) place.setAttribute("aria-current", "page")
    else place.removeAttribute("aria-current")
  }
  document.title = `${title} · e-JSiKa`
}
const part = (name) => document.querySelector(`[data-part="${name}"]`)

await store.forgetOld()
const person = await store.current()
document.querySelector("[data-frame]").hidden = !person
if (person) await draw(person, location.pathname)
begin()
addEventListener("online", () => document.querySelector("[data-online]").removeAttribute("hidden"))

async function draw(person, path) {
  const household = Number(/^\/visits\/new\/(\d+)\/$/.exec(path)?.[1])
  const family = person.day?.families.find(({ id }) => id === household)
  if (family) {
    show("write", part("write").dataset.name)
    return beginWriting(part("write"), { user: person.user, household, family })
  }
  if (path === "/visits/outbox/") {
    show("outbox", part("outbox").dataset.name)
    return showOutbox(part("outbox"), person.user, (item) => {
      show("write", part("write").dataset.name)
      beginWriting(part("write"), item, item)
    })
  }
  if (person.day && ["/", "/visits/tasks/"].includes(path)) {
    show("tasks", part("tasks").dataset.name)
    showTasks(part("tasks"), person, await store.unsent(person.user))
  }
}
