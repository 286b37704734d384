// On the log-in page: how much waits here for whoever logs in again; and who may not work any more is forgotten.
import { forgetDisabled } from "./send.js"
import * as store from "./store.js"

const notice = document.querySelector("[data-unsent]")
const databases = await indexedDB.databases?.()
if (!databases || databases.some(({ name }) => name === "ejsika")) await look()

async function look() {
  await forgetDisabled()
  const person = await store.current()
  const count = person ? (await store.unsent(person.user)).length : 0
  notice.hidden = !count
  notice.querySelector("b").textContent = count
}
