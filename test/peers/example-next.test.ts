// examples/nextjs, used in a real browser as its user would: tokens are in cookies, and pages are drawn by the server.
import { describe } from 'vitest'
import { openExample } from './example.ts'
import { tellStories } from './stories.ts'

describe('the example with Next.js', () => {
  tellStories('next', async () => {
    const example = await openExample('nextjs', ['next', 'react', 'react-dom'])
    // Next.js compiles a page when it is first asked for, which is not what the stories time.
    for (const path of ['', 'account', 'auth/state']) await fetch(`${example.address}${path}`)
    return example
  })
})
