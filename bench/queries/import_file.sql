-- The fleet of the current campaign as an import reads it.
COPY (SELECT * FROM device_report) TO :file WITH (FORMAT csv, HEADER)
