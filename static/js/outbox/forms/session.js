// A group's meeting: who took part is tapped; the form filled for one group, on its own page and without network alike.
import { countTaps } from "../../tapped.js"
import { showErrors } from "../errors.js"
import { fill, keepDrafts, localTime } from "../form.js"
import { takePhotos } from "../photos.js"
import { saveByOutbox } from "../saving.js"
import { follow } from "../../position.js"

const LASTS_MS = 2 * 3_600_000

export const session = {
  name: "session",

  check(form) {
    const missing = form.elements.mark.checked ? [] : [...form.querySelectorAll(".presence")].filter((line) => !isNoted(line))
    for (const line of form.querySelectorAll(".presence")) line.classList.toggle("presence--missing", missing.includes(line))
    const reasons = missing.length ? [form.dataset.missing.replace("%", missing.length)] : []
    const errors = form.elements.lesson.value ? {} : { lesson: [{ message: form.dataset.lessonMissing }] }
    if (errors.lesson) reasons.push(form.dataset.lessonMissing)
    return reasons.length ? { errors, reasons } : undefined
  },

  describe(form) {
    const lines = [...form.querySelectorAll(".presence")]
    const present = lines.filter((line) => isPresent(line, form.elements.mark.checked)).length
    const lesson = form.elements.lesson.selectedOptions[0].textContent.trim()
    const count = form.dataset.count.replace("%", present).replace("#", lines.length)
    return { summary: `${lesson} · ${count}`, happenedAt: form.elements.happened_at.value }
  },
}

const reasonOf = (line) => line.querySelector("select").value
const isTapped = (line) => line.querySelector("input").checked
const isNoted = (line) => isTapped(line) || Boolean(reasonOf(line))
const isPresent = (line, all) => isTapped(line) || (all && !reasonOf(line))

export async function beginSession(root, { user, subject }, row) {
  const form = root.querySelector("form")
  const find = (name) => root.querySelector(`[data-${name}]`)
  find("group-name").textContent = subject.name
  find("group-place").textContent = [subject.place, subject.schedule].filter(Boolean).join(" · ")
  find("presences").replaceChildren(...subject.members.map((member) => presence(find("presence"), member)))
  countTaps(find("tapped"))
  form.elements.group.value = subject.id
  form.elements.listed.value = subject.members.map(({ id }) => id).join(",")
  if (row) fill(form, row.fields)
  else fill(form, usual(subject))
  if (row?.state === "refused") showErrors(form, row.refusal)
  await startSession(form, { user, subject }, row)
}

// The same for a form that is drawn already.
export async function startSession(form, { user, subject, isFresh = true }, row) {
  if (row) form.elements.uuid.value = row.uuid
  const draft = `${user}:${row?.uuid ?? `kelompok:${subject.id}`}`
  const begun = (isFresh ? keepDrafts(form, draft, user) : Promise.resolve()).then(() => takePhotos(form, { user, draft }))
  saveByOutbox(form, session, { user, subject }, { draft, begun })
  await begun
  const { latitude, longitude, accuracy } = form.elements
  const told = { latitude, longitude, accuracy, position_source: { value: "" }, happened_at: endOf(form.elements) }
  follow(form.querySelector("[data-position]"), told)
}

function presence(template, { id, name, place }) {
  const element = template.content.firstElementChild.cloneNode(true)
  for (const attribute of ["name", "id", "for"]) {
    for (const part of element.querySelectorAll(`[${attribute}$="-0"]`)) {
      part.setAttribute(attribute, part.getAttribute(attribute).replace(/0$/, id))
    }
  }
  for (const part of element.querySelectorAll("[data-name]")) part.textContent = name
  element.querySelector("[data-place]").textContent = place
  return element
}

// Now or as agreed, two hours long, with the lesson that comes next; as assistance_logs/groups/session_form.py has it.
function usual({ lesson, meets_place: place, meets_on: day, meets_at: at }, now = new Date()) {
  const today = localTime(now).slice(0, 10)
  const agreed = day === today && at && at <= localTime(now).slice(11) ? new Date(`${today}T${at}`) : undefined
  const begun = agreed ?? new Date(Math.max(now - LASTS_MS, new Date(`${today}T00:00`)))
  const ends = localTime(new Date(+begun + LASTS_MS))
  return [
    ["lesson", lesson],
    ["place", place],
    ["happened_at", localTime(begun)],
    ["ends_at", ends.slice(0, 10) === today ? ends.slice(11) : "23:59"],
  ]
}

// A meeting is written down when it ends: where one is then is where it was.
function endOf({ happened_at: start, ends_at: end }) {
  return {
    get value() {
      return `${start.value.slice(0, 10)}T${end.value}`
    },
    addEventListener: (...listening) => end.addEventListener(...listening),
  }
}
