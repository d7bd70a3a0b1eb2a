TRUNCATE device_report, batch_ledger
