// "Today" and "Yesterday" fill a date in. The server wrote each date in the organisation's own time zone, so a phone
// set to another zone cannot shift the day. Fills one date field, or the three fields of a GOV.UK date input.
function fill(id, value) {
  const field = document.getElementById(id)
  if (!field) return
  field.value = value
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new Event('change', { bubbles: true }))
}

function choose(button) {
  const { date, days } = button.dataset
  const [year, month, day] = date.split('-')
  fill(days, date)
  fill(`${days}-day`, String(Number(day)))
  fill(`${days}-month`, String(Number(month)))
  fill(`${days}-year`, year)
  button.parentElement.querySelectorAll('[data-days]').forEach((other) => {
    other.setAttribute('aria-pressed', String(other === button))
  })
}

export function startDays() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-days][data-date]')
    if (button) choose(button)
  })
}
