// "Add another person" without leaving the page. Without script the same button submits the form, and the server
// answers with one more row. data-add-row names a <template>; its "__n__" becomes the row's number.
function addRow(button) {
  const template = document.getElementById(button.dataset.addRow)
  const list = document.getElementById(button.dataset.rows)
  if (!template || !list) return false
  const holder = document.createElement('template')
  holder.innerHTML = template.innerHTML.replaceAll('__n__', String(list.children.length))
  const row = holder.content.firstElementChild
  list.append(row)
  if (window.htmx) window.htmx.process(row)
  row.querySelector('input, select, textarea').focus()
  return true
}

export function startRows() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-add-row]')
    if (button && addRow(button)) event.preventDefault()
  })
}
