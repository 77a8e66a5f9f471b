// The kinds of questions that are asked, out of the prompt library. Named one by one, so that a bundler leaves
// out the rest: the library's editor alone brings half a megabyte of character sets.
export { checkbox, confirm, input, password, select } from '@inquirer/prompts'
