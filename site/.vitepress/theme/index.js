// VitePress's own theme, with diagrams.
import Theme from 'vitepress/theme'
import Diagram from './diagram.js'

export default {
  extends: Theme,
  enhanceApp: ({ app }) => app.component('Diagram', Diagram),
}
