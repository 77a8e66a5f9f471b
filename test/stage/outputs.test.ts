// The ids of a stage as apps read them.
import { describe, expect, it } from 'vitest'
import { type Format, formatOutputs, formats, outputsOf, summary } from '../../src/stage/outputs.ts'

const place = { stage: 'dev', account: '123456789012', region: 'eu-central-1', partition: 'aws' }
const ids = { userPoolId: 'eu-central-1_abc', signupClientId: 'sign', loginClientId: 'log' }
const outputs = outputsOf(place, ids)

describe('the outputs', () => {
  it('name the issuer and the keys of the tokens', () => {
    expect(outputs.issuer).toBe('https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc')
    expect(outputs.jwksUri).toBe(`${outputs.issuer}/.well-known/jwks.json`)
    const issuerIn = (region: string) => outputsOf({ ...place, region }, ids).issuer
    expect(issuerIn('cn-north-1')).toContain('cognito-idp.cn-north-1.amazonaws.com.cn/')
    expect(issuerIn('us-gov-west-1')).toContain('cognito-idp.us-gov-west-1.amazonaws.com/')
    expect(issuerIn('eusc-de-east-1')).toContain('cognito-idp.eusc-de-east-1.amazonaws.eu/')
    expect(issuerIn('us-iso-east-1')).toContain('cognito-idp.us-iso-east-1.c2s.ic.gov/')
    const local = outputsOf(place, ids, 'http://127.0.0.1:4580/')
    expect(local.issuer).toBe(outputs.issuer)
    expect(local.jwksUri).toBe('http://127.0.0.1:4580/eu-central-1_abc/.well-known/jwks.json')
  })

  it('name no issuer and no keys while there is no pool', () => {
    const none = outputsOf(place, {}, 'http://127.0.0.1:4580')
    const { partition, ...where } = place
    expect(none).toStrictEqual({
      ...where,
      ...{ userPoolId: '', signupClientId: '', loginClientId: '' },
      endpoint: 'http://127.0.0.1:4580',
    })
    expect(Object.keys(JSON.parse(formatOutputs('json', none)))).not.toContain('issuer')
    expect(formatOutputs('env', none)).not.toContain('ISSUER')
    expect(formatOutputs('env', outputs)).toContain(`\nWHATSAPP_OTP_ISSUER=${outputs.issuer}`)
    expect(summary(place, {})).not.toContain('Issuer')
    expect(summary(place, ids)).toContain(`Issuer         ${outputs.issuer}`)
  })

  it('configure nothing in Amplify while there is no pool, so that Amplify itself says so', () => {
    expect(JSON.parse(formatOutputs('amplify', outputsOf(place, {})))).toEqual({})
  })

  it('are variables with the prefix that lets each framework show them to the browser', () => {
    const lines = (format: Format) => formatOutputs(format, outputs).split('\n')
    const [id, keys] = [
      'WHATSAPP_OTP_USER_POOL_ID=eu-central-1_abc',
      `WHATSAPP_OTP_JWKS_URI=${outputs.jwksUri}`,
    ]
    expect(lines('env')).toEqual(expect.arrayContaining([id, keys]))
    expect(lines('vite')).toEqual(expect.arrayContaining([`VITE_${id}`, `VITE_${keys}`]))
    // What is of use to a server alone has no prefix.
    expect(lines('next')).toEqual(expect.arrayContaining([id, keys, `NEXT_PUBLIC_${id}`]))
    expect(lines('next')).not.toContain(`NEXT_PUBLIC_${keys}`)
  })

  it.each(formats)(
    'carry the keys of the tokens and the endpoint as %s, on AWS and against `dev`',
    (format) => {
      expect(formatOutputs(format, outputs)).toContain(outputs.jwksUri)
      expect(formatOutputs(format, outputs)).not.toMatch(/endpoint/i)
      const local = formatOutputs(format, outputsOf(place, ids, 'http://127.0.0.1:4580'))
      expect(local).toMatch(/endpoint"?[:=] ?"?http:\/\/127\.0\.0\.1:4580"?,?$/im)
      expect(local).toContain('http://127.0.0.1:4580/eu-central-1_abc/.well-known/jwks.json')
    },
  )

  it('are JSON where a program or Amplify reads them', () => {
    expect(JSON.parse(formatOutputs('json', outputs))).toEqual(outputs)
    expect(JSON.parse(formatOutputs('amplify', outputs)).Auth.Cognito).toMatchObject({
      userPoolId: 'eu-central-1_abc',
      userPoolClientId: 'sign',
    })
  })
})
