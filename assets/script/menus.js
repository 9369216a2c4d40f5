// Menus are <details>: Escape and a click elsewhere close them.
function closeAll(except) {
  document.querySelectorAll('.sg-menu[open]').forEach((menu) => { if (menu !== except) menu.open = false })
}

export function startMenus() {
  document.addEventListener('click', (event) => closeAll(event.target.closest('.sg-menu')))
  document.addEventListener('keydown', (event) => {
    const open = event.key === 'Escape' && document.querySelector('.sg-menu[open]')
    if (!open) return
    open.open = false
    open.querySelector('summary').focus()
  })
}
