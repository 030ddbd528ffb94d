// What the audit's entries are called; an action that is missing here shows its code. In the order of the choice.
export const ACTIONS = [
  'case.opened', 'case.event', 'case.commented', 'case.urged', 'case.corrected', 'case.attached', 'case.mail-sent', 'case.linked', 'case.paused', 'case.resumed', 'case.clock-changed', 'case.migrated', 'case.exported', 'case.knowledge', 'task.claimed', 'task.released', 'task.delegated',
  'session.opened', 'session.refused', 'session.proven', 'session.step-up-refused', 'session.ended', 'session.others-ended', 'session.all-ended',
  'person.created', 'person.changed', 'person.password-set', 'person.password-changed', 'person.password-reset', 'person.reset-asked',
  'person.second-factor-set', 'person.second-factor-removed', 'person.recovery-codes-renewed', 'person.recovery-code-used',
  'grant.given', 'grant.taken', 'deputy.named', 'deputy.dismissed', 'token.issued', 'token.revoked',
  'department.created', 'department.changed', 'organisation.created', 'organisation.changed', 'site.created', 'site.changed', 'asset.created', 'asset.changed', 'terminal.created', 'terminal.changed', 'import.done',
  'article.created', 'article.changed', 'article.revised', 'article.restored', 'article.draft-dropped', 'article.submitted', 'article.published', 'article.returned', 'article.confirmed', 'article.retired',
  'calendar.changed', 'holidays.changed', 'holidays.imported', 'setting.changed', 'process.deployed',
  'mailbox.created', 'mailbox.changed', 'mailbox.password-changed', 'mailbox.removed', 'mailbox.switched-off', 'mailbox.tried-again', 'mail.set-aside',
  'audit.exported', 'first-run.done',
] as const

/** Texts have no dots in their names. */
export const actionKey = (action: string): string => action.replaceAll('.', '-')
