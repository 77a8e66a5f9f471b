// The site: README.md is its first page, docs/ the others, and the map of README.md its sidebar.
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path) => readFileSync(`${root}${path}`, 'utf8')
const { description, repository } = JSON.parse(read('package.json'))
const source = repository?.url?.replace(/^git\+/, '').replace(/\.git$/, '')

/** All Markdown but README.md and docs/ is for those who work on the project. */
const others = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => name !== 'README.md' && name !== 'docs')
  .map((entry) => (entry.isDirectory() ? `${entry.name}/**` : entry.name))

/** The rows of README's table of pages: `| begin | [start](docs/start.md) · … |`. */
function sidebar() {
  const rows = [...read('README.md').matchAll(/^\| ([\w ]+) \| (\[.*\]\(docs\/.*) \|$/gm)]
  return rows.map(([, to, links]) => ({
    text: to.replace(/^./, (first) => first.toUpperCase()),
    items: [...links.matchAll(/\[([^\]]+)\]\((docs\/[^)]+)\.md\)/g)].map(([, text, link]) => ({
      text: text.replace(/^./, (first) => first.toUpperCase()),
      link: `/${link.replace(/README$/, '')}`,
    })),
  }))
}

/** What the site does not show (code, tests, examples) is shown where the project is kept, or by its name alone. */
function outsideLinks(md) {
  md.core.ruler.push('outside-links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      for (const [at, token] of (children ?? []).entries()) {
        const href = token.type === 'link_open' ? token.attrGet('href') : undefined
        if (!href || /^(\w+:|#)/.test(href)) continue
        const path = posix.join(posix.dirname(env.relativePath ?? ''), href)
        if (/^docs\/.*\.md(#|$)/.test(path)) continue
        if (source) token.attrSet('href', `${source}/blob/main/${path}`)
        else Object.assign(token, { tag: 'span', attrs: [['title', path]] })
        const close = children.slice(at).find(({ type }) => type === 'link_close')
        if (!source && close) close.tag = 'span'
      }
    }
  })
}

function diagrams(md) {
  const { fence } = md.renderer.rules
  md.renderer.rules.fence = (tokens, at, ...rest) => {
    const { info, content } = tokens[at]
    if (info.trim() !== 'mermaid') return fence(tokens, at, ...rest)
    return `<Diagram code="${encodeURIComponent(content)}" />`
  }
}

/** Vue would take two braces for an expression of its own; in a page they are text, in code of a line as well. */
function plainBraces(md) {
  for (const rule of ['text', 'code_inline']) {
    const render = md.renderer.rules[rule]
    md.renderer.rules[rule] = (...given) => render(...given).replaceAll('{{', '&#123;&#123;')
  }
}

/** The pages lie outside this folder, where nobody finds what it has installed. */
const findsVue = {
  name: 'finds-vue',
  enforce: 'pre',
  resolveId(id, importer, options) {
    if (!/^vue(\/|$)/.test(id) || !importer) return null
    // Pages are drawn beforehand by Node, which finds it itself.
    if (options.ssr) return { id, external: true }
    if (importer.includes('/site/')) return null
    return this.resolve(id, fileURLToPath(import.meta.url), { ...options, skipSelf: true })
  },
}

export default defineConfig({
  title: 'whatsapp-otp',
  description,
  // Browsers ask for an icon, and there is none.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  srcExclude: others,
  rewrites: { 'README.md': 'index.md', 'docs/decisions/README.md': 'docs/decisions/index.md' },
  outDir: '../.cache/site',
  cacheDir: '../.cache/site-build',
  cleanUrls: true,
  markdown: {
    config(md) {
      outsideLinks(md)
      diagrams(md)
      plainBraces(md)
    },
  },
  vite: { plugins: [findsVue] },
  themeConfig: {
    sidebar: sidebar(),
    search: { provider: 'local' },
    outline: [2, 3],
    ...(source ? { socialLinks: [{ icon: 'github', link: source }] } : {}),
  },
})
