// A button that prints the page, for whoever does not find it in the browser's menu. Without script it is not shown.
export function startPrinting() {
  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }
}
