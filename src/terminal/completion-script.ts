// Completion scripts for bash, zsh and fish, made from the table of commands. Pure.

export interface Flag {
  /** `--stage`, or `-y` and `--yes`. */
  names: string[]
  help: string
  takesValue: boolean
  /** What the value can be, where that is a closed list. */
  values: readonly string[]
}

interface CompletedCommand {
  name: string
  summary: string
  flags: Flag[]
  /** What the first argument can be, where that is a closed list. */
  words: readonly string[]
}

export interface Table {
  commands: CompletedCommand[]
  globals: Flag[]
}

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export function completionScript(shell: Shell, table: Table): string {
  return { bash, zsh, fish }[shell](table)
}

/** `--stage <name>` or `-y, --yes` as commander writes it. */
export function flagOf(form: string, help: string, values: readonly string[] = []): Flag {
  const names = form.split(/,? /).filter((part) => part.startsWith('-'))
  return { names, help, takesValue: form.includes('<'), values }
}

function bash({ commands, globals }: Table): string {
  const valued = [...globals, ...commands.flatMap(({ flags }) => flags)].filter((flag) => flag.takesValue)
  const free = [...new Set(valued.filter(({ values }) => values.length === 0).flatMap(({ names }) => names))]
  const listed = commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ values }) => values.length > 0)
      .map(({ names, values }) => `    '${name} ${names.at(-1)}') words='${values.join(' ')}' ;;`),
  )
  const own = commands.map(
    ({ name, flags, words }) => `    ${name}) words='${[...words, ...namesOf(flags)].join(' ')}' ;;`,
  )
  const globalValued = globals.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names)
  return `# Completion of whatsapp-otp for bash. In ~/.bashrc: eval "$(whatsapp-otp completion bash)"
_whatsapp_otp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    ${globalValued.join(' | ')}) ((i++)) ;;
    -*) ;;
    *) command=\${COMP_WORDS[i]} && break ;;
    esac
  done
  COMPREPLY=()
  case "$command $prev" in
${listed.join('\n')}
  esac
  if [[ -z $words ]]; then
    case $prev in
    ${free.join(' | ')}) return ;;
    esac
    case $command in
    '') words='${[...commands.map(({ name }) => name), 'help'].join(' ')}' ;;
${own.join('\n')}
    esac
    words+=' ${namesOf(globals).join(' ')}'
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _whatsapp_otp whatsapp-otp
`
}

function zsh({ commands, globals }: Table): string {
  const spec = ({ names, help, takesValue, values }: Flag) => {
    const text = help.replace(/[[\]:\\]/g, '\\$&')
    const value = takesValue ? `:value:${values.length > 0 ? `(${values.join(' ')})` : ''}` : ''
    const [first] = names
    return names.length > 1
      ? `'(${names.join(' ')})'{${names.join(',')}}${quote(`[${text}]${value}`)}`
      : quote(`${first}[${text}]${value}`)
  }
  const cases = commands.map(({ name, flags, words }) => {
    const word = words.length > 0 ? [quote(`1:argument:(${words.join(' ')})`)] : []
    const specs = [...word, ...flags.map(spec)]
    return `    ${name}) _arguments ${['"$globals[@]"', ...specs].join(' \\\n      ')} ;;`
  })
  const described = commands.map(
    ({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
  )
  return `#compdef whatsapp-otp
# Completion of whatsapp-otp for zsh. In ~/.zshrc, below compinit: eval "$(whatsapp-otp completion zsh)"
_whatsapp_otp() {
  local -a globals commands
  local state line
  globals=(
    ${globals.map(spec).join('\n    ')}
  )
  commands=(
${described.join('\n')}
  )
  _arguments -C "$globals[@]" '1:command:->command' '*::argument:->argument'
  case $state in
  command) _describe command commands ;;
  argument)
    case $line[1] in
${cases.join('\n')}
    esac
    ;;
  esac
}
if [[ $funcstack[1] == _whatsapp-otp ]]; then
  _whatsapp_otp "$@"
else
  compdef _whatsapp_otp whatsapp-otp
fi
`
}

function fish({ commands, globals }: Table): string {
  const line = ({ names, help, takesValue, values }: Flag, when: string) =>
    [
      'complete -c whatsapp-otp',
      when,
      ...names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)),
      takesValue ? (values.length > 0 ? `-xa ${quote(values.join(' '))}` : '-x') : '',
      `-d ${quote(help)}`,
    ]
      .filter(Boolean)
      .join(' ')
  const own = commands.flatMap(({ name, flags, words }) => {
    const when = `-n ${quote(`__fish_seen_subcommand_from ${name}`)}`
    const arguments_ =
      words.length > 0 ? [`complete -c whatsapp-otp ${when} -fa ${quote(words.join(' '))}`] : []
    return [...arguments_, ...flags.map((flag) => line(flag, when))]
  })
  const listed = commands.map(
    ({ name, summary }) =>
      `complete -c whatsapp-otp -n __fish_use_subcommand -fa ${name} -d ${quote(summary)}`,
  )
  return `# Completion of whatsapp-otp for fish: whatsapp-otp completion fish > ~/.config/fish/completions/whatsapp-otp.fish
${[...listed, ...globals.map((flag) => line(flag, '')), ...own].join('\n')}
`
}

function namesOf(flags: readonly Flag[]): string[] {
  return flags.flatMap(({ names }) => names)
}

/** Single quotes, as all three shells read them. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
