// Why a pack is not what it claims to be: which file, which entry, and the sentence that says so.
export class Refused extends Error {
  constructor(sentence, { file = null, entry = null, verdict = 'INVALID' } = {}) {
    super(sentence)
    Object.assign(this, { sentence, file, entry, verdict })
  }
}

export const uncheckable = (sentence, file = null) => new Refused(sentence, { file, verdict: 'CANNOT CHECK' })
