// What became of a test message, a line for each change.
import type { TestNews } from '../messaging/test-message.ts'
import { duration } from '../terminal/layout.ts'

export function newsLine({ messageId, status = '', matchedBy, afterMs }: TestNews): string {
  if (afterMs === undefined) return `accepted   ${messageId ?? '(SendZen gave no message id)'}`
  const how = matchedBy === 'recipient and time' ? ' (found by recipient and time)' : ''
  return `${status.padEnd(9)}  after ${duration(afterMs)}${how}`
}
