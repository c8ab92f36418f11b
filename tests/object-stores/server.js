// A server of S3 for tests: s3rver, and in front of it what that lacks. Every signature is checked, with Amazon's own
// implementation of Signature Version 4, and every body against the digest that was signed; uploads can be removed
// and listed; If-None-Match is obeyed.
//
// node server.js FOLDER BUCKET [KEY CERTIFICATE]
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const S3rver = require('s3rver');
const { HttpRequest } = require('@smithy/protocol-http');
const { Sha256 } = require('@aws-crypto/sha256-js');
const { SignatureV4 } = require('@smithy/signature-v4');

const [directory, bucket, key, cert] = process.argv.slice(2);
const SECRETS = { S3RVER: 'S3RVER' };
const FORM = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

// "20130524T000000Z"
function parseTime(text) {
  const fields = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!fields) throw new Refusal(403, 'AccessDenied', 'x-amz-date is missing or malformed');
  const [year, month, day, hour, minute, second] = fields.slice(1).map(Number);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

function parseQuery(text) {
  const query = {};
  for (const pair of text ? text.split('&') : []) {
    const [name, value = ''] = pair.split('=').map(decodeURIComponent);
    query[name] = value;
  }
  return query;
}

async function checkSignature(req) {
  const given = FORM.exec(req.headers.authorization || '');
  if (!given) throw new Refusal(403, 'AccessDenied', 'the request is not signed as Version 4 wants it');
  const [accessKeyId, day, region, service, names, signature] = given.slice(1);
  if (!SECRETS[accessKeyId]) throw new Refusal(403, 'InvalidAccessKeyId', 'nobody has this key');
  const signed = names.split(';');
  const needed = Object.keys(req.headers).filter(name => name === 'host' || name.startsWith('x-amz-'));
  for (const name of [...needed, 'x-amz-content-sha256', 'x-amz-date']) {
    if (!signed.includes(name)) throw new Refusal(403, 'AccessDenied', `${name} must be signed`);
  }
  const time = parseTime(req.headers['x-amz-date']);
  if (!req.headers['x-amz-date'].startsWith(day)) throw new Refusal(403, 'AccessDenied', 'two dates');
  if (Math.abs(Date.now() - time) > 900000) throw new Refusal(403, 'RequestTimeTooSkewed', 'too far away');
  const question = req.url.indexOf('?');
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey: SECRETS[accessKeyId] },
    region, service, sha256: Sha256, uriEscapePath: false, applyChecksum: false,
  });
  const request = new HttpRequest({
    method: req.method,
    path: question < 0 ? req.url : req.url.slice(0, question),
    query: parseQuery(question < 0 ? '' : req.url.slice(question + 1)),
    headers: Object.fromEntries(signed.map(name => [name, req.headers[name]])),
  });
  const own = await signer.signRequest(request, { signingDate: time, signableHeaders: new Set(signed) });
  if (FORM.exec(own.headers.authorization)[6] !== signature)
    throw new Refusal(403, 'SignatureDoesNotMatch', 'the signature is another than the one that was calculated');
}

function checkBody(file, digest) {
  if (!fs.existsSync(file)) return;
  if (crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex') === digest) return;
  fs.unlinkSync(file);
  throw new Refusal(400, 'XAmzContentSHA256Mismatch', 'the body is not the one that was signed');
}

async function serve(ctx, next) {
  await checkSignature(ctx.req);
  const object = decodeURIComponent(ctx.path).split('/').slice(2).join('/');
  const objectFile = path.join(directory, bucket, object + '._S3rver_object');
  const uploads = path.join(directory, bucket, '._S3rver_uploads');
  const { uploadId, partNumber } = ctx.query;
  if (uploadId !== undefined && !fs.existsSync(path.join(uploads, uploadId)))
    throw new Refusal(404, 'NoSuchUpload', 'there is no such upload');
  if (ctx.method === 'DELETE' && uploadId !== undefined) {
    fs.rmSync(path.join(uploads, uploadId), { recursive: true });
    ctx.status = 204;
    return;
  }
  if (ctx.method === 'GET' && ctx.query.uploads !== undefined) {
    const one = id => `<Upload><Key>${fs.readFileSync(path.join(uploads, id, 'key'))}</Key><UploadId>${id}</UploadId>` +
      `<Initiated>${fs.statSync(path.join(uploads, id)).ctime.toISOString()}</Initiated></Upload>`;
    const all = fs.existsSync(uploads) ? fs.readdirSync(uploads).map(one).join('') : '';
    ctx.body = `<ListMultipartUploadsResult>${all}</ListMultipartUploadsResult>`;
    return;
  }
  const creates = (ctx.method === 'PUT' && uploadId === undefined) || (ctx.method === 'POST' && uploadId !== undefined);
  if (creates && ctx.get('If-None-Match') === '*' && fs.existsSync(objectFile))
    throw new Refusal(412, 'PreconditionFailed', 'the object exists');
  await next();
  if (ctx.method === 'PUT')
    checkBody(partNumber ? path.join(uploads, uploadId, partNumber) : objectFile, ctx.get('x-amz-content-sha256'));
}

const options = { directory, address: '127.0.0.1', port: 0, vhostBuckets: false, configureBuckets: [{ name: bucket }] };
if (key) Object.assign(options, { key: fs.readFileSync(key), cert: fs.readFileSync(cert) });
const server = new S3rver(options);
server.middleware.unshift(async (ctx, next) => {
  try {
    await serve(ctx, next);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    ctx.status = error.status;
    ctx.type = 'application/xml';
    ctx.body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${error.message}</Message></Error>`;
  }
});
server.run().then(({ address, port }) => console.log('listening on %s:%d', address, port));
