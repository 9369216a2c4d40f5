// What is asked for anew every few seconds stays as its reader left it: what they opened stays open, and what they
// closed stays closed. Known by its id, so that something new above it opens nothing else.
//
// Nothing is asked for while nobody can see it: in a tab that is hidden, or under the lock. It is asked for at once when
// the tab comes back.
const POLLED = '[hx-trigger^="every"]'
let kept = []

export function startPolling() {
  document.addEventListener('htmx:confirm', (event) => {
    if (event.target.matches(POLLED) && (document.hidden || document.querySelector('.sg-locked'))) event.preventDefault()
  })
  document.addEventListener('htmx:beforeSwap', ({ target }) => {
    kept = target.matches(POLLED) ? [...target.querySelectorAll('details[id]')] : []
  })
  document.addEventListener('htmx:afterSwap', () => {
    kept.forEach(({ id, open }) => { const one = document.getElementById(id); if (one) one.open = open })
    kept = []
  })
}
