ATTACH :file AS warehouse (RECOVERY_MODE 'no_wal_writes');
USE warehouse;
