SELECT current_setting('data_directory') AS folder
