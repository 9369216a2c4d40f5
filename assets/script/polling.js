// What is asked for anew every few seconds stays as its reader left it: what they opened stays open, and what they
// closed stays closed. Known by its id, so that something new above it opens nothing else.
let kept = []

export function startPolling() {
  document.addEventListener('htmx:beforeSwap', ({ target }) => {
    kept = target.matches('[hx-trigger^="every"]') ? [...target.querySelectorAll('details[id]')] : []
  })
  document.addEventListener('htmx:afterSwap', () => {
    kept.forEach(({ id, open }) => { const one = document.getElementById(id); if (one) one.open = open })
    kept = []
  })
}
