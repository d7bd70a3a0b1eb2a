TRUNCATE recovery_actions, triage_queue, batch_ledger
