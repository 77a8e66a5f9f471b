// Third-party notices: the licences of what a bundle really holds, from esbuild's metafile and the packages' own files.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** `a/node_modules/@b/c/dist/x.js` -> `a/node_modules/@b/c`; undefined for files of this project. */
function packageFolder(input) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]
}

/** Folders of the packages that have at least one byte in the outputs of these metafiles, relative to the root. */
function bundledPackages(metafiles) {
  const folders = new Set()
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = packageFolder(path)
        if (folder && bytesInOutput > 0) folders.add(folder)
      }
    }
  }
  return [...folders].sort()
}

async function readPackage(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const files = (await readdir(folder))
    .filter((name) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(name))
    .sort()
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const licence = typeof manifest.license === 'string' ? manifest.license : manifest.license?.type
  if (!licence && texts.length === 0) throw new Error(`${manifest.name} is bundled and names no licence`)
  const author = typeof manifest.author === 'string' ? manifest.author : manifest.author?.name
  return {
    name: `${manifest.name} ${manifest.version}`,
    licence: licence ?? 'see below',
    // Some packages name a licence and ship no text; the author then takes the place of the copyright line.
    text: texts.map((text) => text.trim()).join('\n\n') || `${licence}, by ${author ?? 'its authors'}`,
  }
}

/** The whole text; packages with the same licence text share one copy of it. Throws for a package without licence. */
export async function noticesOf(root, metafiles) {
  const packages = await Promise.all(
    bundledPackages(metafiles).map((folder) => readPackage(join(root, folder))),
  )
  const byText = new Map()
  for (const { name, licence, text } of packages) {
    const group = byText.get(text) ?? { licence, names: new Set() }
    byText.set(text, group)
    group.names.add(name)
  }
  const sections = [...byText].map(
    ([text, { licence, names }]) => `${[...names].join('\n')}\nLicence: ${licence}\n\n${text}\n`,
  )
  const intro = 'whatsapp-otp contains code of these packages, each under its own licence.\n'
  return [intro, ...sections].join(`\n${'-'.repeat(80)}\n\n`)
}
