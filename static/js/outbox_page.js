// The page of the outbox while there is network: the list, and the form of what is edited in its place.
import { showOutbox } from "./outbox/list.js"
import { beginWriting } from "./outbox/page.js"

const part = (name) => document.querySelector(`[data-part="${name}"]`)

showOutbox(part("outbox"), Number(document.querySelector("[data-sync]").dataset.user), (item) => {
  part("outbox").hidden = true
  part("write").hidden = false
  beginWriting(part("write"), item, item)
})
