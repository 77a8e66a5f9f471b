// What a page is to somebody with a small screen and weak eyes.
import type { Page } from 'playwright-core'

/** Pixels that one would have to scroll sideways for. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth))

/** The texts whose contrast is below 4.5:1, the least that WCAG 2.2 (AA) takes; here of what is disabled, too. */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    // A canvas knows every way of writing a colour.
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
    const paint = (colors: string[]) => {
      for (const color of colors) {
        pen.fillStyle = color
        pen.fillRect(0, 0, 1, 1)
      }
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3)
    }
    const luminance = (rgb: number[]) => {
      const [r = 0, g = 0, b = 0] = rgb.map((value) =>
        value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      )
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const probe = document.body.appendChild(document.createElement('i'))
    probe.style.background = 'Canvas'
    const canvas = getComputedStyle(probe).backgroundColor
    probe.remove()
    const behind = (element: Element | null): string[] =>
      element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : [canvas]
    const hasText = (element: Element) =>
      element instanceof HTMLInputElement
        ? element.value !== ''
        : [...element.childNodes].some(({ nodeType, data = '' }: Node & { data?: string }) =>
            nodeType === Node.TEXT_NODE ? data.trim() !== '' : false,
          )
    return [...document.querySelectorAll<HTMLElement>('main, main *')]
      .filter((element) => hasText(element) && element.offsetParent)
      .flatMap((element) => {
        const back = behind(element)
        const [one = 0, two = 0] = [paint(back), paint([...back, getComputedStyle(element).color])]
          .map(luminance)
          .sort((a, b) => b - a)
        const contrast = (one + 0.05) / (two + 0.05)
        return contrast < 4.5 ? [`${element.outerHTML.slice(0, 80)}: ${contrast.toFixed(1)}`] : []
      })
  })
}
