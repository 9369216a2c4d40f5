// Fetched after the page, by the pages of whoever is signed in.
import { startLocking } from './script/locking.js'

startLocking()
