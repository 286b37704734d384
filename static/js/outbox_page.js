// The page of the outbox while there is network: the list, and the form of what is edited in its place.
import { beginWriting } from "./outbox/forms.js"
import { showOutbox } from "./outbox/list.js"

const part = (name) => document.querySelector(`[data-part="${name}"]`)

showOutbox(part("outbox"), Number(document.querySelector("[data-sync]").dataset.user), (item) => {
  part("outbox").hidden = true
  part(item.kind).hidden = false
  beginWriting(item.kind, part(item.kind), item, item)
})
