// Leaving a form marked data-unsaved with words in it asks first. A successful autosave (an htmx request of the form
// that did not submit it) and sending the form settle it.
const unsaved = new Set()
const sent = new WeakSet()

// A form that came back with errors holds words that are nowhere else.
function cameBack() {
  const form = document.querySelector('form[data-unsaved]')
  return form && document.querySelector('.govuk-error-summary') && !sent.has(form)
}

export function startUnsaved() {
  document.addEventListener('input', (event) => {
    const form = event.target.closest('form[data-unsaved]')
    if (form) unsaved.add(form)
  })
  window.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    unsaved.delete(event.target)
    sent.add(event.target)
  })
  document.addEventListener('htmx:afterRequest', (event) => {
    const form = event.target.closest('form')
    if (event.detail.successful && form) unsaved.delete(form)
  })
  window.addEventListener('beforeunload', (event) => {
    if (cameBack() || [...unsaved].some((form) => form.isConnected)) event.preventDefault()
  })
}
