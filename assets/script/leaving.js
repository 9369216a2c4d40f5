// "Leave now": at once, and without leaving this page in the history behind it. Without script it is an ordinary link.
// The page is emptied first, so that nothing can be read on it while the other one is on its way.
export function startLeaving() {
  const link = document.querySelector('a[data-leave]')
  if (!link) return
  link.addEventListener('click', (event) => {
    event.preventDefault()
    document.body.replaceChildren()
    document.title = ''
    window.location.replace(link.href)
  })
  // Somebody comes back to it by the browser's own button: what was typed must not be there again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload()
  })
}
