// The trigger zips that the build has made, with the hashes that Lambda will report for them.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { type FunctionName, functionNames } from '../names.ts'
import { packageRoot } from '../version.ts'

/** Throws ARTIFACTS_MISSING when the build has not run. */
export async function loadArtifacts(
  folder = join(packageRoot(), 'dist', 'triggers'),
): Promise<Record<FunctionName, Artifact>> {
  const load = async (trigger: FunctionName): Promise<[FunctionName, Artifact]> => {
    const zip = await readFile(join(folder, `${trigger}.zip`)).catch((cause) => {
      throw new AppError('ARTIFACTS_MISSING', 'The code of the triggers is missing', {
        why: `${trigger}.zip is not in ${folder}`,
        next: [
          'npm run build   in a checkout',
          'npm install whatsapp-otp   otherwise: the package is damaged',
        ],
        cause,
      })
    })
    return [trigger, { zip, sha256: createHash('sha256').update(zip).digest('base64') }]
  }
  return Object.fromEntries(await Promise.all(functionNames.map(load))) as Record<FunctionName, Artifact>
}
