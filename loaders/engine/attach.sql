ATTACH :file AS warehouse (RECOVERY_MODE 'no_wal_writes', BLOCK_SIZE :bytes);
USE warehouse;
