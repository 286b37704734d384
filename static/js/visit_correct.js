// A correction goes to the server by itself; what is typed is kept, as a log-in may have ended meanwhile.
import { keepDrafts } from "./outbox/form.js"

const form = document.querySelector("[data-correction]")
const user = Number(document.querySelector("[data-sync]").dataset.user)
keepDrafts(form, `${user}:perbaikan:${form.dataset.correction}`, user)
