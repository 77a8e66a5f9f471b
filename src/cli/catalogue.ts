// Every command with its summary, and the flags that all of them take. Code is loaded only when asked for.
import type { CommandSpec } from '../commands/frame/command.ts'

export interface Entry {
  summary: string
  /** The heading under which the help lists it. */
  group: 'Set up' | 'Look' | 'Use' | 'Try without an account' | 'Shell'
  load: () => Promise<{ command: CommandSpec }>
}

/** In the order in which the help lists them. A map, since a name that was typed may be `constructor`. */
export const commands: ReadonlyMap<string, Entry> = new Map(
  Object.entries({
    init: {
      group: 'Set up',
      summary: 'set up sign-in for a stage, step by step',
      load: () => import('../commands/init.ts'),
    },
    deploy: {
      group: 'Set up',
      summary: 'create or update a stage without questions',
      load: () => import('../commands/deploy.ts'),
    },
    plan: {
      group: 'Set up',
      summary: 'show what a deploy would change',
      load: () => import('../commands/plan.ts'),
    },
    destroy: {
      group: 'Set up',
      summary: 'remove a stage and prove that nothing is left',
      load: () => import('../commands/destroy.ts'),
    },
    status: {
      group: 'Look',
      summary: 'show the health, drift and traffic of a stage',
      load: () => import('../commands/status.ts'),
    },
    doctor: {
      group: 'Look',
      summary: 'check everything that sign-in needs, with remedies',
      load: () => import('../commands/doctor.ts'),
    },
    stages: {
      group: 'Look',
      summary: 'list all stages of this account and region',
      load: () => import('../commands/stages.ts'),
    },
    logs: {
      group: 'Look',
      summary: 'show what the triggers wrote, merged by time',
      load: () => import('../commands/logs.ts'),
    },
    settings: {
      group: 'Look',
      summary: 'show the settings in force, and where each comes from',
      load: () => import('../commands/settings.ts'),
    },
    outputs: {
      group: 'Use',
      summary: 'print the ids that an app needs',
      load: () => import('../commands/outputs.ts'),
    },
    'test-send': {
      group: 'Use',
      summary: 'send one real message and follow it',
      load: () => import('../commands/test-send.ts'),
    },
    login: {
      group: 'Use',
      summary: 'sign in from the terminal, as a user would',
      load: () => import('../commands/login.ts'),
    },
    users: {
      group: 'Use',
      summary: 'say why one user gets no code; lift limits, export, delete',
      load: () => import('../commands/users.ts'),
    },
    'test-numbers': {
      group: 'Use',
      summary: 'numbers with a fixed code, for app reviews and tests',
      load: () => import('../commands/test-numbers.ts'),
    },
    policy: {
      group: 'Set up',
      summary: 'print the least IAM policy that a stage needs',
      load: () => import('../commands/policy.ts'),
    },
    'rotate-key': {
      group: 'Set up',
      summary: 'replace the SendZen key without a deploy',
      load: () => import('../commands/rotate-key.ts'),
    },
    pause: {
      group: 'Use',
      summary: 'stop all messages and sign-ups of a stage at once',
      load: () => import('../commands/pause.ts'),
    },
    resume: {
      group: 'Use',
      summary: 'let a paused stage go on',
      load: () => import('../commands/resume.ts'),
    },
    dev: {
      group: 'Try without an account',
      summary: 'run a local AWS and WhatsApp with a stage in it',
      load: () => import('../commands/dev.ts'),
    },
    demo: {
      group: 'Try without an account',
      summary: 'tell the whole story on the sandbox',
      load: () => import('../commands/demo.ts'),
    },
    completion: {
      group: 'Shell',
      summary: 'print a completion script for bash, zsh or fish',
      load: () => import('../commands/completion.ts'),
    },
  } satisfies Record<string, Entry>),
)

export const globalOptions: [flag: string, help: string, repeatable?: true][] = [
  ['--stage <name>', 'stage to work on (WHATSAPP_OTP_STAGE; default dev)'],
  ['--region <name>', 'AWS region (AWS_REGION)'],
  ['--profile <name>', 'AWS profile (AWS_PROFILE)'],
  ['--trust <address>', 'agree to an address that .env or whatsapp-otp.json names', true],
  ['-y, --yes', 'answer confirmations with yes'],
  ['--json', 'print one JSON document; asks nothing'],
  ['--no-input', 'never ask; a missing answer is an error'],
  ['--no-color', 'no colours (NO_COLOR)'],
  ['--debug', 'show stack traces and AWS request ids'],
]

/** The command that a line asks for: its first word that is neither a flag nor the value of a global one. */
export function commandIn(argv: readonly string[]): string | undefined {
  const valued = new Set(
    globalOptions.filter(([flag]) => flag.includes('<')).map(([flag]) => flag.split(' ')[0]),
  )
  const words = argv.filter((word, at) => !word.startsWith('-') && !valued.has(argv[at - 1]))
  return words[0] === 'help' ? words[1] : words[0]
}
