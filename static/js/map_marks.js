// Shapes, names and cards of the map, built as elements: no text becomes HTML.

const [SMALLEST, LARGEST] = [22, 46]
const SVG = "http://www.w3.org/2000/svg"
const STATES = ["in_time", "late", "never_visited", "graduated"]
const WORDS = {
  in_time: "dikunjungi tepat waktu",
  late: "terlambat dikunjungi",
  never_visited: "belum pernah dikunjungi",
  graduated: "lulus",
}
const PATHS = {
  late: "M10 2 19 18H1z",
  graduated: "m10 1 2.7 6 6.5.7-4.9 4.4 1.4 6.4L10 15.2l-5.7 3.3 1.4-6.4L.8 7.7l6.5-.7z",
}
const number = new Intl.NumberFormat("id-ID")

// `most`: the number of families in the largest cell of the view; areas, not widths, stand for families.
export function cellMark(cell, most) {
  const few = cell.n === null
  const size = few ? SMALLEST : Math.round(SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(cell.n / most))
  const words = few ? "kurang dari 5 keluarga" : sentence(cell)
  const label = cell.n === 1 ? "" : few ? "<5" : short(cell.n)
  return mark(cell, cell.shape, size, label, cell.name ? `${cell.name}: ${words}` : words)
}

export function familyMark(family) {
  return mark(family, family.state, 22, "", `${family.name}, ${WORDS[family.state]}`)
}

// `dy`: pixels below its place at which the name has room.
export function placeMark({ name, lat, lon, dy }, level) {
  const element = document.createElement("span")
  element.textContent = name
  const icon = L.divIcon({ html: element, className: `map-place map-place--${level}`, iconSize: [0, 0], iconAnchor: [0, -dy] })
  return L.marker([lat, lon], { icon, interactive: false, keyboard: false, pane: "names" })
}

export function familyCard(family) {
  const card = document.createElement("div")
  card.append(line(family.name, "map-card__name"), line(family.address, "muted"))
  card.append(line(capital(WORDS[family.state])))
  if (family.state !== "never_visited") card.append(line(family.last, "muted"))
  const actions = document.createElement("div")
  actions.className = "map-card__actions"
  actions.append(link("Buka", family.url, "button button--small"))
  if (family.visit_url) actions.append(link("Catat kunjungan", family.visit_url, "button button--small button--primary"))
  card.append(actions)
  return card
}

export function areaCard(cell) {
  const card = document.createElement("div")
  card.append(line(cell.name, "map-card__name"))
  card.append(line(cell.n === null ? "Kurang dari 5 keluarga" : `${number.format(cell.n)} keluarga`))
  if (cell.n === null) return card
  STATES.forEach((state, index) => {
    const n = cell.states[index]
    if (n !== 0) card.append(line(`${n === null ? "kurang dari 5" : number.format(n)} ${WORDS[state]}`, "muted"))
  })
  return card
}

function sentence(cell) {
  const parts = STATES.map((state, index) => [cell.states[index], WORDS[state]]).filter(([n]) => n)
  return `${number.format(cell.n)} keluarga: ${parts.map(([n, words]) => `${number.format(n)} ${words}`).join(", ")}`
}

function mark({ lat, lon }, shape, size, label, title) {
  const element = document.createElement("span")
  element.className = "map-mark__number"
  element.textContent = label
  const html = document.createElement("div")
  html.className = `map-mark map-mark--${shape}`
  html.append(draw(shape), element)
  const icon = L.divIcon({ html, className: "", iconSize: [size, size], popupAnchor: [0, -size / 2] })
  return L.marker([lat, lon], { icon, title, alt: title, riseOnHover: true })
}

function draw(shape) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", "0 0 20 20")
  svg.setAttribute("aria-hidden", "true")
  svg.setAttribute("class", `shape shape--${shape}`)
  const form = document.createElementNS(SVG, PATHS[shape] ? "path" : "circle")
  const values = PATHS[shape] ? { d: PATHS[shape] } : { cx: 10, cy: 10, r: 9 }
  for (const [name, value] of Object.entries(values)) form.setAttribute(name, value)
  svg.append(form)
  return svg
}

function short(n) {
  return n < 10000 ? number.format(n) : `${number.format(Math.round(n / 1000))} rb`
}

function line(text, className = "") {
  const element = document.createElement("p")
  element.textContent = text
  element.className = className
  return element
}

function link(text, url, className) {
  const element = document.createElement("a")
  element.textContent = text
  element.href = url
  element.className = className
  return element
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
