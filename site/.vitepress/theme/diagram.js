// A Mermaid diagram, drawn in the browser by day or by night; its source stands there until then.
import mermaidFile from 'mermaid/dist/mermaid.min.js?url'
import { useData } from 'vitepress'
import { defineComponent, h, onMounted, ref, watch } from 'vue'

let loading
/** Loads Mermaid once, and only for pages that have a diagram: bundled with them it takes minutes to build. */
function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: mermaidFile, onerror: reject })
    script.onload = () => resolve(window.mermaid)
    document.head.append(script)
  })
  return loading
}

let drawn = 0

export default defineComponent({
  props: { code: { type: String, required: true } },
  setup({ code }) {
    const { isDark } = useData()
    const source = decodeURIComponent(code)
    const svg = ref('')
    async function draw() {
      const mermaid = await load()
      mermaid.initialize({ startOnLoad: false, theme: isDark.value ? 'dark' : 'default' })
      svg.value = (await mermaid.render(`diagram-${++drawn}`, source)).svg
    }
    onMounted(draw)
    watch(isDark, draw)
    return () => (svg.value ? h('div', { class: 'diagram', innerHTML: svg.value }) : h('pre', source))
  },
})
