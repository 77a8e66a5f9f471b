// Rows of the tables on generated pages.

/** A row of a Markdown table; a bar within a cell ends none. */
export const row = (cells: readonly string[]): string =>
  `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`

/** Words of the program, which are no markup. */
export const plain = (text: string): string => text.replaceAll('<', '&lt;')
