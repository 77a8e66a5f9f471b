// The one place that knows where the project lives: writes repository, homepage and bugs into package.json for the
// package that is about to be published, from what GitHub says of the repository that the workflow runs in.
// Refuses a tag that is not the version. Run by .github/workflows/release.yml; its change is never committed.
import { readFileSync, writeFileSync } from 'node:fs'

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_REF_NAME: tag } = process.env
const file = process.argv[2] ?? new URL('../package.json', import.meta.url)
const manifest = JSON.parse(readFileSync(file, 'utf8'))

if (!server || !repository) throw new Error('GITHUB_SERVER_URL and GITHUB_REPOSITORY must be set')
if (tag !== `v${manifest.version}`) throw new Error(`The tag is ${tag}, the version ${manifest.version}`)
const page = `${server}/${repository}`
const metadata = {
  repository: { type: 'git', url: `git+${page}.git` },
  homepage: `${page}#readme`,
  bugs: `${page}/issues`,
}
writeFileSync(file, `${JSON.stringify({ ...manifest, ...metadata }, null, 2)}\n`)
