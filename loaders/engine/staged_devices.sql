SELECT count(*) AS devices FROM stg_device;
