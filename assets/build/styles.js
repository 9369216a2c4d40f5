// app.scss with only the components that our pages use, and of those without the variants that no page has.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as sass from 'sass'

// Part of GOV.UK's names: a rule goes when each of its selectors has one. To use one, take it from this list; the build
// stops when a template already does.
const UNUSED = [
  'govuk-input__prefix', 'govuk-input__suffix', 'govuk-input--extra-letter-spacing', 'govuk-body-lead', 'govuk-body-l',
  'govuk-body-s', 'govuk-heading-xl', 'govuk-caption-xl', 'govuk-caption-l', 'govuk-caption-m', 'govuk-label--xl',
  'govuk-fieldset__legend--xl', 'govuk-visually-hidden-focusable', 'govuk-button--inverse', 'govuk-link-image',
  'govuk-link--inverse', 'govuk-link--muted', 'govuk-link--text-colour', 'govuk-link--no-visited-state',
  'govuk-link--no-underline', 'govuk-back-link--inverse', 'govuk-list--number', 'govuk-list--spaced',
  'govuk-exit-this-page', 'govuk-clearfix', 'govuk-label--l', 'govuk-label--m', 'govuk-fieldset__legend--l',
  'govuk-fieldset__legend--m',
]
const NAMED = new RegExp(`\\.(${UNUSED.join('|')})(?![\\w-])`)

// The selectors of a rule, apart: commas within brackets belong to one of them.
function apart(selectors) {
  return selectors.split(/,(?![^(]*\))/)
}

function lean(css) {
  const rules = css.replace(/([^{}]+)\{([^{}]*)\}/g, (rule, selectors, content) => {
    if (selectors.startsWith('@')) return rule
    const kept = apart(selectors).filter((one) => !NAMED.test(one.replace(/:not\([^)]*\)/g, '')))
    return kept.length ? `${kept.join(',')}{${content}}` : ''
  })
  return rules.replace(/@(media|supports)[^{}]*\{\}/g, '')
}

function refuseUsed(templates) {
  for (const file of readdirSync(templates, { recursive: true })) {
    if (!file.endsWith('.html')) continue
    const used = readFileSync(join(templates, file), 'utf8').match(new RegExp(`\\b(${UNUSED.join('|')})(?![\\w-])`))
    if (used) throw new Error(`${file} uses ${used[0]}, which build/styles.js leaves out: take it from UNUSED there`)
  }
}

export function buildStyles(here, out) {
  const { css } = sass.compile(join(here, 'app.scss'), {
    style: 'compressed',
    loadPaths: [join(here, 'node_modules'), here],
    quietDeps: true,
  })
  refuseUsed(join(here, '..', 'templates'))
  writeFileSync(join(out, 'app.css'), lean(css))
}
