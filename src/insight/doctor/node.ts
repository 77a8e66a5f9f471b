// The Node that the tool runs on.
import { type Examination, fail, pass } from '../examination.ts'

/** @param node as in `process.versions.node` */
export async function examineNode(exam: Examination, node: string): Promise<void> {
  await exam.check('node', 'Node', () => {
    const [major = 0, minor = 0] = node.split('.').map(Number)
    const isOld = major < 20 || (major === 20 && minor < 19)
    return isOld ? fail(`${node} is too old`, 'install Node 20.19 or newer') : pass(node)
  })
}
