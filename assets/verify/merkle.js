// The root of a log from its leaf hashes, one at a time (RFC 9162 §2.1.1).
import { hash } from './hashing.js'

const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])

export const leafHash = (entry) => hash(LEAF, entry)

export class Tree {
  constructor() {
    this.size = 0
    this.subtrees = []
  }

  add(leaf) {
    let [height, node] = [0, leaf]
    while (this.subtrees.length && this.subtrees.at(-1)[0] === height) {
      node = hash(NODE, this.subtrees.pop()[1], node)
      height += 1
    }
    this.subtrees.push([height, node])
    this.size += 1
  }

  root() {
    if (!this.subtrees.length) return hash()
    return this.subtrees
      .slice(0, -1)
      .reduceRight((node, [, left]) => hash(NODE, left, node), this.subtrees.at(-1)[1])
  }
}
