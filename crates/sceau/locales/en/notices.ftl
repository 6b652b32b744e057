# E-mails and webhooks.
