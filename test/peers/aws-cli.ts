// The AWS CLI as a child process.
import { programs, run, type Start } from './program.ts'

export interface AwsCli {
  /** Runs one command line and gives its JSON; throws what the CLI printed when it fails. */
  read<T = Record<string, unknown>>(line: string, ...rest: string[]): Promise<T>
  /** Runs one that must fail, and gives the error as the CLI words it. */
  refused(line: string, ...rest: string[]): Promise<string>
}

/** `rest` are arguments that hold spaces. */
export function awsCliIn(start: Start): AwsCli {
  // Its first version, the one on PyPI, knows the region by this name only.
  const env = { AWS_DEFAULT_REGION: start.env.AWS_REGION ?? '', ...start.env }
  const call = (line: string, rest: string[]) =>
    run(programs.aws, [...line.split(' '), ...rest, '--output', 'json'], { ...start, env })
  return {
    async read<T>(line: string, ...rest: string[]) {
      const { status, stdout, stderr } = await call(line, rest)
      if (status !== 0) throw new Error(`aws ${line}: exit ${status}\n${stderr}`)
      return (stdout.trim() ? JSON.parse(stdout) : null) as T
    },
    async refused(line, ...rest) {
      const { status, stdout, stderr } = await call(line, rest)
      if (status === 0) throw new Error(`aws ${line} was not refused\n${stdout}`)
      return stderr.trim()
    },
  }
}
