// Help and version as the build has stored them, laid out for a terminal of so many columns.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

/** As commander does: a text with less room than this is not broken into lines. */
const narrowest = 40

/**
 * The answer to a line that asks for help or the version and for nothing else; undefined for all others. Throws where
 * nothing is stored of what looks like a command.
 */
function stored(argv, columns) {
  const [word = '--help', flag] = argv
  const isHelp = (text) => text === '--help' || text === '-h'
  const read = (path) => readFileSync(join(__dirname, '..', path), 'utf8')
  if (argv.length === 1 && (word === '--version' || word === '-V'))
    return `${JSON.parse(read('package.json')).version}\n`
  if (argv.length < 2) return isHelp(word) ? broken(read('dist/help.txt'), columns()) : undefined
  if (argv.length > 2 || !/^[a-z]+(-[a-z]+)*$/.test(word) || !isHelp(flag)) return undefined
  return broken(read(`dist/help/${word}.txt`), columns())
}

/** Breaks what follows the mark of each line, below where it begins. */
function broken(text, width) {
  const lines = text.split('\n').map((line) => {
    const [before, description] = line.split('\u0001')
    if (description === undefined) return before
    const room = width - before.length
    const found = room < narrowest ? [description] : rows(description, room)
    return before + found.join(`\n${' '.repeat(before.length)}`)
  })
  return lines.join('\n')
}

function rows(description, room) {
  const done = []
  let row
  for (const word of description.match(/\s*\S+/g)) {
    if (row !== undefined && row.length + word.length <= room) row += word
    else {
      if (row !== undefined) done.push(row)
      row = row === undefined ? word : word.trimStart()
    }
  }
  return [...done, row]
}

module.exports = { stored }
