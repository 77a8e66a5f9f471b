// examples/vite-react, used in a real browser as its user would.
import { describe } from 'vitest'
import { openExample } from './example.ts'
import { tellStories } from './stories.ts'

describe('the example with Vite', () => {
  tellStories('vite', () => openExample('vite-react', ['react', 'react-dom', 'vite']))
})
