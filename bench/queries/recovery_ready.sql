VACUUM (ANALYZE) device_report, recovery_actions, triage_queue, batch_ledger
