// What a page needs only when somebody has been away for minutes is fetched when the page itself has come.
function fetchRest() {
  const place = document.getElementById('lock')
  if (!place) return
  const look = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: place.dataset.look })
  const script = Object.assign(document.createElement('script'), { src: place.dataset.script })
  document.head.append(look, script)
}

export function startLater() {
  if (document.readyState === 'complete') fetchRest()
  else window.addEventListener('load', fetchRest)
}
