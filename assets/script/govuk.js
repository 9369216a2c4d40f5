// The GOV.UK behaviours that our pages use, set up for the page and again for whatever htmx swaps in.
import { createAll } from 'govuk-frontend/dist/govuk/init.mjs'
import { ErrorSummary } from 'govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs'
import { PasswordInput } from 'govuk-frontend/dist/govuk/components/password-input/password-input.mjs'

// Those of checkboxes and radios only reveal further questions, which none of ours do.
const COMPONENTS = [ErrorSummary, PasswordInput]

function setUp(scope) {
  // A component that is already set up reports an error; that is expected and says nothing new.
  COMPONENTS.forEach((Component) => createAll(Component, undefined, { scope, onError() {} }))
}

export function startGovuk() {
  document.body.classList.add('js-enabled', 'govuk-frontend-supported')
  setUp(document)
  document.addEventListener('htmx:afterSettle', (event) => setUp(event.target))
}
