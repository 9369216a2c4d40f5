// app.scss with only the components that our pages use, and of those without the variants that no page has.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as sass from 'sass'

// Names of GOV.UK's that no page had when this was written: a rule goes when each of its selectors has one. As soon as a
// template names one, it stays. (Names that a template puts together from parts must not stand here.)
const SELDOM = [
  'govuk-input__prefix', 'govuk-input__suffix', 'govuk-input--extra-letter-spacing', 'govuk-body-lead', 'govuk-body-l',
  'govuk-body-s', 'govuk-heading-xl', 'govuk-caption-xl', 'govuk-caption-l', 'govuk-caption-m', 'govuk-label--xl',
  'govuk-fieldset__legend--xl', 'govuk-visually-hidden-focusable', 'govuk-button--inverse', 'govuk-link-image',
  'govuk-link--inverse', 'govuk-link--muted', 'govuk-link--text-colour', 'govuk-link--no-visited-state',
  'govuk-link--no-underline', 'govuk-back-link--inverse', 'govuk-list--number', 'govuk-list--spaced',
  'govuk-exit-this-page', 'govuk-clearfix', 'govuk-label--l', 'govuk-label--m', 'govuk-fieldset__legend--l',
  'govuk-fieldset__legend--m', 'govuk-body-m', 'govuk-button--start', 'govuk-button__start-icon',
  'govuk-checkboxes__conditional', 'govuk-checkboxes__conditional--hidden', 'govuk-checkboxes__divider',
  'govuk-radios__conditional', 'govuk-radios__conditional--hidden', 'govuk-radios__divider', 'govuk-fieldset__heading',
  'govuk-label-wrapper', 'govuk-input__wrapper', 'govuk-input--width-30', 'govuk-input--width-20',
  'govuk-input--width-5', 'govuk-input--width-4', 'govuk-input--width-3',
]

// The selectors of a rule, apart: commas within brackets belong to one of them.
function apart(selectors) {
  return selectors.split(/,(?![^(]*\))/)
}

function lean(css, unused) {
  const named = new RegExp(`\\.(${unused.join('|')})(?![\\w-])`)
  const rules = css.replace(/([^{}]+)\{([^{}]*)\}/g, (rule, selectors, content) => {
    if (selectors.startsWith('@')) return rule
    const kept = apart(selectors).filter((one) => !named.test(one.replace(/:not\([^)]*\)/g, '')))
    return kept.length ? `${kept.join(',')}{${content}}` : ''
  })
  return rules
    .replace(/@media print\{[^{}]+\{font-family:[^{}]*\}\}/g, '') // the same family as on the screen
    .replace(/@(media|supports)[^{}]*\{\}/g, '')
}

function unusedIn(templates) {
  const files = readdirSync(templates, { recursive: true }).filter((file) => file.endsWith('.html'))
  const text = files.map((file) => readFileSync(join(templates, file), 'utf8')).join('\n')
  return SELDOM.filter((name) => !new RegExp(`\\b${name}(?![\\w-])`).test(text))
}

export function buildStyles(here, out) {
  const unused = unusedIn(join(here, '..', 'templates'))
  for (const name of ['app', 'figures', 'account', 'locking']) {
    const { css } = sass.compile(join(here, `${name}.scss`), {
      style: 'compressed',
      loadPaths: [join(here, 'node_modules'), here],
      quietDeps: true,
    })
    writeFileSync(join(out, `${name}.css`), lean(css, unused))
  }
}
