import { begin } from "./sync.js"

begin(Number(document.querySelector("[data-sync]").dataset.user))
