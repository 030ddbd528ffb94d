// Mail for a test: a real SMTP server and Dovecot, a centre whose mailbox lives there, and a customer who writes and reads.
import { execFileSync, spawn } from 'node:child_process';

export const customer = 'customer@example.test';
export const service = 'service@keepword.test';

// Looks again and again, bounded, until something is there.
export async function until(what, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await what();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('it did not happen in time');
}

// Every mail that came for somebody with this text in its words, read as a mail program reads it.
const READ = `
import email, email.policy, json, pathlib, sys
for path in pathlib.Path(sys.argv[1]).rglob('*'):
    if path.is_file() and path.parent.name in ('new', 'cur'):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = mail.get_body(('plain',))
        if sys.argv[2] in str(mail['to']) and body and sys.argv[3] in body.get_content():
            print(json.dumps({'id': mail['message-id'], 'from': str(mail['from']), 'subject': str(mail['subject']),
                              'in_reply_to': mail['in-reply-to'], 'text': body.get_content()}))
`;

export class Mail {
  static async start() {
    const mail = new Mail();
    mail.process = spawn(new URL('../../tools/mail-server', import.meta.url).pathname, ['--while-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
    Object.assign(mail, JSON.parse(await new Promise((resolve, reject) => {
      mail.process.stdout.once('data', (line) => resolve(String(line)));
      mail.process.once('exit', (code) => reject(new Error(`the mail server ended with ${code}`)));
    })));
    return mail;
  }
  stop() {
    this.process.stdin.end();
  }
  // Gives the centre the mailbox that customers write to.
  connect(owner) {
    const server = (port) => ({ host: '127.0.0.1', port, security: 'none', login: service });
    return owner.post('/mailboxes', {
      name: '客服邮箱', address: service, imap: server(this.imap), imap_password: 'service-pass',
      smtp: server(this.smtp), smtp_password: 'service-pass',
    });
  }
  // A customer writes to the service centre, over SMTP; gives the mail's id.
  write(subject, text) {
    const id = `<${Date.now()}.${process.pid}@example.test>`;
    execFileSync('swaks', ['--server', `127.0.0.1:${this.smtp}`, '--from', customer, '--to', service, '--h-Message-Id', id,
      '--h-Subject', `=?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`, '--h-Content-Type', 'text/plain; charset=utf-8',
      '--body', text, '--silent', '2']);
    return id;
  }
  // What came for an address with this text in it, once it is there.
  received(address, text) {
    return until(() => {
      const lines = execFileSync('/usr/bin/python3', ['-c', READ, this.folder, address, text], { encoding: 'utf8' }).trim();
      return lines && lines.split('\n').map((line) => JSON.parse(line));
    });
  }
}
