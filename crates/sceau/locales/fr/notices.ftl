# Courriels et webhooks.
