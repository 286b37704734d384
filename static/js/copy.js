// Copies what the field beside a button holds; where the browser cannot, the button stays hidden.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue
  const field = button.parentElement.querySelector("[data-copy-from]")
  button.hidden = false
  button.addEventListener("click", async () => {
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
      button.querySelector("span").textContent = button.dataset.done
    } catch {
      field.focus()
    }
  })
}
