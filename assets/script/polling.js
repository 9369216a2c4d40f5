// What is asked for anew every few seconds stays as its reader left it: what they opened stays open, and what they
// closed stays closed. Known by its id, so that something new above it opens nothing else.
const kept = new Map()

export function startPolling() {
  document.addEventListener('htmx:beforeSwap', (event) => {
    kept.clear()
    if (!event.target.matches('[hx-trigger^="every"]')) return
    event.target.querySelectorAll('details[id]').forEach((one) => kept.set(one.id, one.open))
  })
  document.addEventListener('htmx:afterSwap', () => {
    kept.forEach((open, id) => { const one = document.getElementById(id); if (one) one.open = open })
    kept.clear()
  })
}
